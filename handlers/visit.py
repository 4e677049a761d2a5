"""/visit: a rep logs a visit to a customer. Customer, one sentence, how it went; everything else can come later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from crm import corrections, places, plan, reminders, visits
from dialog import days
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Choice, PickDay, SaveAs, Words
from dialog.screen import Act, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers import files, gathered
from handlers.contact import acquainted
from handlers.customer import to_customer
from handlers.new_customer import added, introduced
from handlers.picking import PickContacts, PickCustomer, looked_for, nameless, without_name
from models.attachment import FileKind
from models.customer import Contact
from models.person import Permission
from models.visit import Outcome, Place, Visit, VisitKind

A_YEAR = timedelta(days=366)
A_LONG_NAME = 16


def from_one_line(talk: Talk, text: str) -> Mapping[str, object]:
    """Return what a line such as ``华东轴承 谈了备件 下周三报价`` already says: the customer, and the note.

    While it is not clear which customer is meant, the first word is looked for, and the note is the whole
    line: nothing typed is lost. A first word too long for a name is no name.
    """
    customer, words, rest = looked_for(talk, text)
    if customer is not None:
        return {"customer": customer.id} | ({"note": rest} if rest else {})
    sentence = len(words) > A_LONG_NAME
    return ({} if sentence else {"looking_for": words}) | ({"note": text} if rest or sentence else {})


@flow(
    "visit",
    _("Log a visit"),
    needs=Permission.LOG_VISITS,
    command="visit",
    prefill=from_one_line,
    keeps=True,
    keeps_places=True,
)
def log_visit(talk: Talk) -> Script:
    """Customer, a sentence, and how it went: that tap saves. What was sent before is not asked for again."""
    named = str(talk.answers.get("looking_for", ""))
    picked = yield from PickCustomer("customer", _("Customer"), words=named, new=True)
    customer = yield from introduced(talk, picked, briefly=True)
    talk.kept = nameless(talk.kept, customer)
    said = yield from Words("note", _("Note"), voice=True, photos=10, optional=True, later=_spoken(talk))
    note = without_name(customer, gathered.words(talk, said), named)
    next_visit = yield from PickDay("next_visit", _("Next visit"), later=True).suggesting(day_in(note, talk.today))
    kind = yield from Choice("kind", VisitKind, _("Kind"), later=True).suggesting(VisitKind.ROUTINE)
    met = (yield from PickContacts("met", _("People met"), of=customer)) if customer.contacts else []
    outcome = yield from SaveAs("save", Outcome)
    customer = added(talk, customer)
    visit = visits.log(
        talk.session,
        talk.person,
        customer=customer,
        kind=kind or VisitKind.ROUTINE,
        outcome=outcome,
        note=note,
        files=gathered.sent(talk, said),
        met=_each_once([*(met or []), *acquainted(talk, customer)]),
        next_visit=next_visit,
        place=_where(talk),
        at=talk.now,
    )
    gathered.remember(talk, visit, "note", without_name(customer, said.text, named) if said else "")
    return visit_card(talk, visit.id)


def _each_once(people: Iterable[Contact]) -> list[Contact]:
    return list({contact.id: contact for contact in people}.values())


def _spoken(talk: Talk) -> bool:
    """Whether something was said already, in words or by voice."""
    return bool(talk.kept.text) or any(file.kind is FileKind.VOICE for file in talk.kept.files)


def _where(talk: Talk) -> Place | None:
    """Return the place it was begun from, or one shared in the middle of it, which is not kept."""
    spot = talk.kept.spot
    if spot is not None:
        return Place(latitude=spot.latitude, longitude=spot.longitude)
    return places.found(talk.session, talk.person, str(talk.answers.get("place", "")), now=talk.now)


@page("/visits/{visit_id}", needs=Permission.SEE_VISITS)
def visit_card(talk: Talk, visit_id: int) -> Screen:
    """One visit, as it was logged."""
    visit = visits.find(talk.session, talk.person, visit_id)
    undoable = visits.undoable(talk.session, talk.person, visit, now=talk.now)
    sent = len(visit.attachments)
    editable = visits.editable(talk.session, talk.person, visit, now=talk.now)
    corrected = corrections.last(talk.session, visit)
    own = visit.rep_id == talk.person.id
    return Screen(
        "visit/card",
        visit=visit,
        new=undoable,
        too_late=False,
        own=own,
        changed=_changed(talk, visit) if undoable else None,
        corrected=corrected,
        kept=reminders.kept_by(talk.session, visit),
        rows=[
            [
                Act(_("↩️ Undo"), undo_visit, visit.id) if undoable else None,
                Go(_("✏️ Edit"), f"/do/correct_visit?visit={visit.id}") if editable else None,
            ],
            [
                Go(_("🕰 Before"), f"/visits/{visit.id}/before") if corrected else None,
                Link(_("📎 Sent along: {count}", count=sent), visit_files, visit.id) if sent else None,
                Go(_("🤝 A promise"), f"/do/pledge?customer={visit.customer_id}&visit={visit.id}") if own else None,
            ],
            [
                to_customer(talk, visit.customer_id),
                Door(_("📝 Log the next one"), log_visit) if undoable else None,
            ],
        ],
    )


def _changed(talk: Talk, visit: Visit) -> Mapping[str, object]:
    """Return what is different because of the visit: how often this month, and until when the next one is due."""
    due = plan.next_visit_due(talk.session, talk.person, visit.customer)
    count = plan.visits_this_month(talk.session, talk.person, visit.customer, now=talk.now)
    return {"count": count, "due": due, "late": due < talk.today}


@page("/visits/{visit_id}/files", needs=Permission.SEE_VISITS)
def visit_files(talk: Talk, visit_id: int) -> Screen:
    """What was sent along, once more."""
    visit = visits.find(talk.session, talk.person, visit_id)
    return Screen(
        "visit/files",
        visit=visit,
        files=files.again(visit.attachments),
        fresh=True,
        rows=[[Link(_("‹ {number}", number=visit.number), visit_card, visit.id)]],
    )


@act("/visits/{visit_id}/undo", needs=Permission.LOG_VISITS)
def undo_visit(talk: Talk, visit_id: int) -> Screen:
    """Take a visit back that was saved by mistake."""
    visit = visits.undo(talk.session, talk.person, visit_id, at=talk.now)
    return Screen(
        "visit/undone",
        visit=visit,
        rows=[
            [Door(_("📝 Log it again"), log_visit, customer=visit.customer)],
            [to_customer(talk, visit.customer_id)],
        ],
    )


def day_in(text: str, today: date) -> date | None:
    """Return the day a sentence names for the next visit; one more than a year away is about something else."""
    day = days.find(text, today)
    return day if day is not None and day - today <= A_YEAR else None
