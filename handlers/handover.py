"""/handover: all a rep looks after goes to a successor in one step; the customers' people are introduced to her."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm import handover, people
from dialog.flow import Script, flow
from dialog.page import page
from dialog.question import Here
from dialog.questions import Pick, YesNo
from dialog.screen import Go, Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.access import Colleagues
from handlers.customer import customer_card
from handlers.menu import to_home
from handlers.people import person_card
from handlers.picking import PickCustomer, people_called
from models.person import Permission, Person
from models.problem import NotFound


class Staff(Colleagues):
    """The department's people but for one, oneself too: a leader may take the work over, or give her own away."""

    def __init__(self, but: int) -> None:
        self.but = but

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> list[Person]:
        """Return those whose name holds the words."""
        others = [person for person in people.staff(talk.session, talk.person) if person.id != self.but]
        return people_called(words, others)[offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Person:
        """Return one by its id. Raises NotFound for who is left out, and for somebody who does not work here."""
        if id_ == self.but:
            raise NotFound(what="person")
        return super().find(talk, id_)


class Leavers(Colleagues):
    """Those whose work a leader may hand over: she leads them."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> list[Person]:
        """Return those whose name holds the words."""
        return people_called(words, handover.led(talk.session, talk.person))[offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Person:
        """Return one by its id. Raises NotFound, and NotAllowed for somebody she does not lead."""
        leaver = super().find(talk, id_)
        handover.must_lead(talk.session, talk.person, leaver)
        return leaver


class Sure(YesNo):
    """Whether it is to be done, with what goes over on the screen."""

    _keys = (("yes", _("🔁 Yes, hand over")), ("no", _("No")))

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what goes over: all of a colleague's, or what one customer is to its owner."""
        customer = here.known.get("customer")
        leaver = customer.owner if customer else here.known["leaver"]
        who = {"leaver": leaver, "successor": here.known["successor"], "customer": customer}
        return {**who, "estate": handover.looked_after(here.talk.session, leaver, customer)}

    def rows(self, here: Here) -> Rows:
        """Return the two keys, one below the other."""
        return [[key] for row in super().rows(here) for key in row]


@flow("handover", _("Hand over a rep's work"), needs=Permission.MANAGE_PEOPLE, command="handover")
def hand_over(talk: Talk) -> Script:
    """Whose work, to whom, and whether one is sure."""
    leaver = yield from Pick("leaver", Leavers())
    successor = yield from Pick("successor", Staff(but=leaver.id))
    sure = yield from Sure("sure")
    if not sure:
        return person_card(talk, leaver.id)
    return passed(talk, handover.hand_over(talk.session, talk.person, leaver.id, successor.id, at=talk.now).id)


@flow("give", _("Give a customer to a colleague"), needs=Permission.MANAGE_PEOPLE)
def give(talk: Talk) -> Script:
    """Which customer, to whom, and whether one is sure; unless somebody else has it by now than the door says."""
    customer = yield from PickCustomer("customer", _("Customer"))
    if str(talk.answers.get("owner", customer.owner_id)) != str(customer.owner_id):
        return customer_card(talk, customer.id)
    successor = yield from Pick("successor", Staff(but=customer.owner_id))
    sure = yield from Sure("sure")
    if not sure:
        return customer_card(talk, customer.id)
    given = handover.give(talk.session, talk.person, customer.id, customer.owner_id, successor.id, at=talk.now)
    return passed(talk, given.id)


@page("/handovers/{entry_id}", needs=Permission.SEE_CUSTOMERS)
def passed(talk: Talk, entry_id: int) -> Screen:
    """What passed to whom: for the leader who did it, for whoever has it now, and for whoever had it."""
    told = handover.passed(talk.session, talk.person, entry_id)
    hers = told.customer and told.leaver.id != talk.person.id
    return Screen(
        "handover/passed",
        told=told,
        rows=[
            [Go(_("🏭 Customer"), f"/customers/{told.customer.id}") if told.customer and hers else None],
            [
                Go(_("🏭 My customers"), "/customers") if told.successor.id == talk.person.id else None,
                Link(brief(told.successor.name, 30), person_card, told.successor.id)
                if talk.may(Permission.MANAGE_PEOPLE)
                else None,
            ],
            [to_home()],
        ],
    )


@page("/introduction", needs=Permission.REPORT_PROBLEMS)
def introduction(talk: Talk) -> Screen:
    """Introduce whoever looks after this customer now."""
    contact = talk.person.contact
    return Screen(
        "handover/introduction",
        customer=contact.customer if contact else None,
        rows=[[Go(_("👤 My contact person"), "/contact")], [to_home()]],
    )
