"""A customer who is not in the file yet: a conversation of its own, and a part of others."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from crm import customers, search
from dialog.events import Event, Tap
from dialog.flow import Script, flow
from dialog.question import Answer, Frozen, Gone, Heard, Here, Question, Refusal
from dialog.questions import Choice, Review, Words
from dialog.screen import Button, Key, Rows
from dialog.talk import Talk
from dialog.words import Label, _, brief
from handlers.customer import customer_card
from models.customer import Customer, Grade, Industry, Region
from models.person import Permission
from models.problem import NotFound

MOST_NAME = 120
ANOTHER = _("Another firm, add it")


class SameFirm(Question[Customer | None]):
    """Whether a new name means a firm that is in the file already: that firm, or None when it is another one.

    A firm somebody else looks after is named, so that the two can talk, but cannot be opened.
    """

    typed = False
    rejection = _("Please tap the firm you mean, or the last button when yours is another one.")

    def __init__(self, name: str, known: Sequence[Customer], *, another: Label = ANOTHER) -> None:
        super().__init__(name)
        self.alike = known
        self.another = another

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return the firms of about that name."""
        return {"known": here.known, "alike": self.alike}

    def rows(self, here: Here) -> Rows:
        """Return a key for each firm the person may open, and one for going on with the new name."""
        same: list[list[Button]] = [
            [Key(_("It is {name}", name=brief(customer.name, 30)), str(customer.id))]
            for customer in self.alike
            if _visible(here.talk, customer.id)
        ]
        return [*same, [Key(self.another, "new")]]

    def hear(self, here: Here, event: Event) -> Heard[Customer | None]:
        """Return the firm tapped, or None for another one."""
        if isinstance(event, Tap) and event.data == "new":
            return Answer(None)
        if isinstance(event, Tap) and event.data in {str(customer.id) for customer in self.alike}:
            return Answer(customers.find(here.talk.session, here.talk.person, int(event.data)))
        return Refusal(self.rejection)

    def freeze(self, value: Customer | None) -> Frozen:
        """Return the firm's id, or the firms it is none of."""
        return value.id if value is not None else {"none_of": [customer.id for customer in self.alike]}

    def thaw(self, talk: Talk, frozen: Frozen) -> Customer | None:
        """Return the firm, or None. Raises Gone when it may no longer be seen, or other firms are in question now."""
        if isinstance(frozen, dict):
            if not {customer.id for customer in self.alike} <= set(frozen["none_of"]):
                raise Gone
            return None
        try:
            return customers.find(talk.session, talk.person, int(frozen))
        except NotFound:
            raise Gone from None


@flow("new_customer", _("Add a customer"), needs=Permission.EDIT_CUSTOMERS)
def new_customer(talk: Talk) -> Script:
    """Name, grade, industry, region; and a look at the firms of about that name."""
    name = yield from Words("name", _("Name"), most=MOST_NAME, line=True)
    customer = yield from introduced(talk, Customer(name=name.text))
    if customer.id is None:
        yield from Review("save")
    return customer_card(talk, added(talk, customer).id)


def introduced(talk: Talk, customer: Customer, *, briefly: bool = False) -> Generator[Question[Any], Any, Customer]:
    """Ask what the file of a new customer needs; return it, still to be added, or the firm it turned out to be.

    ``briefly`` asks only whether it is new, and offers the rest at the review. A customer in the file is
    returned at once.
    """
    if customer.id is not None:
        return customer
    alike = search.likely_duplicates(talk.session, customer.name)
    if alike and (same := (yield from SameFirm("customer.same", alike))):
        return same
    grade = yield from Choice("customer.grade", Grade, _("Grade"), across=1, later=briefly).suggesting(Grade.C)
    industry = yield from Choice("customer.industry", Industry, _("Industry"), later=briefly).suggesting(Industry.OTHER)
    region = yield from Choice("customer.region", Region, _("Region"), later=briefly).suggesting(_usual_region(talk))
    customer.grade, customer.industry, customer.region = grade, industry, region
    return customer


def added(talk: Talk, customer: Customer) -> Customer:
    """Return the customer, added to the file if it was not in it."""
    if customer.id is not None:
        return customer
    return customers.add(
        talk.session,
        talk.person,
        name=customer.name,
        grade=customer.grade,
        industry=customer.industry,
        region=customer.region,
        at=talk.now,
    )


def _usual_region(talk: Talk) -> Region:
    """Return where the customer is whom the person had to do with last: the next one is likely to be near."""
    latest = search.recent(talk.session, talk.person, limit=1)
    return latest[0].region if latest else Region.EAST


def _visible(talk: Talk, customer_id: int) -> bool:
    try:
        customers.find(talk.session, talk.person, customer_id)
    except NotFound:
        return False
    return True
