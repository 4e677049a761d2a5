"""/visit: a rep logs a visit to a customer. Four taps and one sentence; everything else can come later."""

from __future__ import annotations

from collections.abc import Mapping

from crm import customers, visits
from crm.attachments import Sent
from dialog import days
from dialog.events import File
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Choice, PickDay, Review, Said, Words
from dialog.screen import Act, Door, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.customer import customer_card
from handlers.picking import PickContacts, PickCustomer
from models.person import Permission
from models.visit import Outcome, VisitKind


def from_one_line(talk: Talk, text: str) -> Mapping[str, object]:
    """Return what a line such as ``华东轴承 谈了备件 下周三报价`` already says: the customer, and the note."""
    name, _space, rest = text.partition(" ")
    found = customers_named(talk, name)
    if found is None:
        return {"note": text}
    return {"customer": found} | ({"note": rest.strip()} if rest.strip() else {})


def customers_named(talk: Talk, name: str) -> int | None:
    """Return the customer's id when the name can mean only one."""
    found = customers.search(talk.session, talk.person, name, limit=2)
    return found[0].id if len(found) == 1 else None


@flow("visit", _("Log a visit"), needs=Permission.LOG_VISITS, command="visit", prefill=from_one_line, keeps=True)
def log_visit(talk: Talk) -> Script:
    """Customer, outcome, a sentence, save."""
    customer = yield from PickCustomer("customer", _("Customer"))
    outcome = yield from Choice("outcome", Outcome, _("Outcome"))
    note = yield from Words("note", _("Note"), voice=True, photos=10, optional=True)
    said = note or Said()
    next_visit = yield from PickDay("next_visit", _("Next visit"), later=True).suggesting(
        days.find(said.text, talk.today)
    )
    kind = yield from Choice("kind", VisitKind, _("Kind"), later=True).suggesting(VisitKind.ROUTINE)
    met = yield from PickContacts("met", _("People met"), of=customer)
    yield from Review("save")
    visit = visits.log(
        talk.session,
        talk.person,
        customer=customer,
        kind=kind or VisitKind.ROUTINE,
        outcome=outcome,
        note=together(said.text, talk.kept.text),
        files=sent(*said.files, *talk.kept.files),
        met=met or [],
        next_visit=next_visit,
        at=talk.now,
    )
    return visit_card(talk, visit.id)


@page("/visits/{visit_id}", needs=Permission.SEE_VISITS)
def visit_card(talk: Talk, visit_id: int) -> Screen:
    """One visit, as it was logged."""
    visit = visits.find(talk.session, talk.person, visit_id)
    undoable = visits.undoable(talk.session, talk.person, visit, now=talk.now)
    return Screen(
        "visit/card",
        visit=visit,
        rows=[
            [Act(_("↩️ Undo"), undo_visit, visit.id) if undoable else None],
            [Link(_("🏭 Customer"), customer_card, visit.customer_id), Door(_("➕ Log the next one"), log_visit)],
        ],
    )


@act("/visits/{visit_id}/undo", needs=Permission.LOG_VISITS)
def undo_visit(talk: Talk, visit_id: int) -> Screen:
    """Take a visit back that was saved by mistake."""
    visit = visits.undo(talk.session, talk.person, visit_id, at=talk.now)
    return Screen("visit/undone", visit=visit, rows=[[Door(_("Log it again"), log_visit, customer=visit.customer)]])


def sent(*files: File) -> list[Sent]:
    """Return the files as the business keeps them."""
    return [Sent(f.kind, f.file_id, f.unique_id, f.name, f.album, f.message_id) for f in files]


def together(*texts: str) -> str:
    """Return the texts that are not empty, one below the other."""
    return "\n".join(text for text in texts if text)
