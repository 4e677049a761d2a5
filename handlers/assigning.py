"""Giving one complaint to another colleague, without the rest of anybody's work."""

from __future__ import annotations

from crm import customers, people, triage
from dialog.flow import Script, flow
from dialog.questions import Pick
from dialog.talk import Talk
from dialog.words import _
from handlers.complaint import complaint_card
from handlers.handover import Staff
from handlers.picking_complaint import PickComplaint
from models.customer import Customer
from models.person import Permission, Person


class WhoSee(Staff):
    """The department's people who see a customer."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> list[Person]:
        """Return those whose name holds the words."""
        seeing = [person for person in people.staff(talk.session, talk.person) if self._sees(talk, person)]
        return [person for person in seeing if words in person.name][offset : offset + limit]

    def _sees(self, talk: Talk, person: Person) -> bool:
        hers = customers.visible_to(person).where(Customer.id == self.customer.id)
        return talk.session.scalar(hers) is not None


@flow("assign", _("Who handles a complaint"), needs=Permission.MANAGE_PEOPLE)
def assign(talk: Talk) -> Script:
    """Which complaint, and whose it is from now on."""
    complaint = yield from PickComplaint("complaint")
    colleague = yield from Pick("colleague", WhoSee(complaint.customer))
    version = complaint.version
    triage.assign(talk.session, talk.person, complaint.id, to_id=colleague.id, version=version, at=talk.now)
    return complaint_card(talk, complaint.id)
