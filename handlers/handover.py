"""/handover: all a rep looks after goes to a successor in one step; the customers' people are introduced to her."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm import handover, people
from dialog.flow import Script, flow
from dialog.page import page
from dialog.question import Here
from dialog.questions import Pick, YesNo
from dialog.screen import Go, Rows, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.access import Colleagues
from handlers.menu import to_home
from handlers.people import person_card
from handlers.picking import people_called
from models.person import Permission, Person


class Staff(Colleagues):
    """The department's people, oneself too: a leader may take the work over, or give her own away."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> list[Person]:
        """Return those whose name holds the words."""
        everybody = people.staff(talk.session, talk.person)
        return people_called(words, everybody)[offset : offset + limit]


class Sure(YesNo):
    """Whether it is to be done, with what goes over on the screen."""

    _keys = (("yes", _("🔁 Yes, hand over")), ("no", _("No")))

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what goes over."""
        leaver = here.known["leaver"]
        return {"known": here.known, "estate": handover.estate(here.talk.session, here.talk.person, leaver)}

    def rows(self, here: Here) -> Rows:
        """Return the two keys, one below the other."""
        return [[key] for row in super().rows(here) for key in row]


@flow("handover", _("Hand over a rep's work"), needs=Permission.MANAGE_PEOPLE, command="handover")
def hand_over(talk: Talk) -> Script:
    """Whose work, to whom, and whether one is sure."""
    leaver = yield from Pick("leaver", Staff())
    successor = yield from Pick("successor", Staff())
    sure = yield from Sure("sure")
    if sure:
        handover.hand_over(talk.session, talk.person, leaver.id, successor.id, at=talk.now)
    return person_card(talk, successor.id)


@page("/people/{person_id}/handed_over", needs=Permission.SEE_CUSTOMERS)
def handed_over(talk: Talk, person_id: int) -> Screen:
    """Tell the successor what is hers now."""
    leaver = people.find(talk.session, talk.person, person_id)
    return Screen("handover/told", leaver=leaver, rows=[[Go(_("🏭 My customers"), "/customers")], [to_home()]])


@page("/introduction", needs=Permission.REPORT_PROBLEMS)
def introduction(talk: Talk) -> Screen:
    """Introduce whoever looks after this customer now."""
    contact = talk.person.contact
    return Screen(
        "handover/introduction",
        customer=contact.customer if contact else None,
        rows=[[Go(_("👤 My contact person"), "/contact")], [to_home()]],
    )
