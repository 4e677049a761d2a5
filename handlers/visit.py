"""/visit: a rep logs a visit to a customer. Customer, one sentence, how it went; everything else can come later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from crm import corrections, customers, dangers, places, plan, pledges, reminders, removal, visits
from crm.rules import rules
from crm.spelling import may_be_a_firm
from dialog import days, days_gone
from dialog.days import When
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Choice, PickDay, PickPast, Words
from dialog.screen import Act, Door, Go, Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import Label, _, brief
from handlers import files, gathered
from handlers.contact import acquainted
from handlers.customer import to_customer
from handlers.elsewhere import SaveAsOf
from handlers.new_customer import added, introduced
from handlers.picking import MOST_NAME, PickContacts, PickCustomer, looked_for, nameless, without_name, without_own_name
from handlers.whole import to_whole, whole
from models.attachment import FileKind
from models.customer import Contact, Customer
from models.person import Permission
from models.visit import Outcome, Place, Visit, VisitKind

A_YEAR = timedelta(days=366)
MOST_ALSO = 3
SHOWN = 1500
"""Characters of the note on its card; the rest is one tap away."""


def from_one_line(talk: Talk, text: str) -> Mapping[str, object]:
    """Return what a line such as ``华东轴承 谈了备件 下周三报价`` already says: the customer, and the note.

    While it is not clear which customer is meant, the first word is looked for, and the note is the whole
    line: nothing typed is lost. A first word that cannot be a name is none.
    """
    customer, words, rest = looked_for(talk, text)
    if customer is not None:
        return {"customer": customer.id} | ({"note": rest} if rest else {})
    note = rest or not may_be_a_firm(words)
    return {"looking_for": words[:MOST_NAME]} | ({"note": text} if note else {})


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
    said = yield from Words("note", _("Note"), voice=True, photos=10, whose=True, optional=True, later=_spoken(talk))
    note = without_own_name(customer, without_name(customer, gathered.words(talk, said), named))
    day = yield from WhenItWas(talk, "day", _("Visit date"), later=True).suggesting(day_of_it(talk, note))
    again = day_in(note, talk.said_on("note"))
    next_visit = yield from PickDay("next_visit", _("Next visit"), later=True).suggesting(again)
    kind = yield from Choice("kind", VisitKind, _("Kind"), later=True).suggesting(VisitKind.ROUTINE)
    met = (
        (yield from PickContacts("met", _("People met"), of=customer))
        if customers.has_contacts(talk.session, customer)
        else []
    )
    outcome = yield from SaveAsOf("save", Outcome, of=customer, words=note)
    customer = added(talk, customer)
    visit = visits.log(
        talk.session,
        talk.person,
        customer=customer,
        kind=kind or VisitKind.ROUTINE,
        outcome=outcome,
        note=note,
        files=gathered.sent(talk, said),
        met=_each_once([*_met(talk, customer, met or []), *acquainted(talk, customer)]),
        next_visit=next_visit,
        reminder_id=_begun_from(talk),
        place=_where(talk),
        day=day.day if day else None,
        hour=day.hour if day else None,
        at=talk.now,
    )
    text = without_own_name(customer, without_name(customer, said.text, named)) if said else ""
    gathered.remember(talk, visit, "note", text)
    return visit_card(talk, visit.id)


class WhenItWas(PickPast):
    """On which day something was that is logged now, as far back as the department's rules allow."""

    def __init__(self, talk: Talk, name: str, label: Label | None = None, *, later: bool = False) -> None:
        super().__init__(name, label, back=rules(talk.session).logged_within.days, later=later)


def day_of_it(talk: Talk, words: str, *, from_afar: bool = False) -> When:
    """Return the day the words say it was, or the one they were said on; ``from_afar`` it was a call or a letter."""
    said_on = talk.said_on("note")
    said = days_gone.said_in(words, said_on, from_afar=from_afar)
    if said is None or said_on - said.when.day > rules(talk.session).logged_within:
        return When(said_on)
    hour = said.when.hour
    still_to_come = hour and datetime.combine(said.when.day, hour, talk.zone) > talk.said_at("note")
    return When(said.when.day) if still_to_come else said.when


def _met(talk: Talk, customer: Customer, people: Iterable[Contact]) -> list[Contact]:
    """Return the people met, with those added who are not in the file yet."""
    return [
        one if one.id else customers.acquaint(talk.session, talk.person, customer=customer, name=one.name, at=talk.now)
        for one in people
    ]


def _each_once(people: Iterable[Contact]) -> list[Contact]:
    return list({contact.id: contact for contact in people}.values())


def _spoken(talk: Talk) -> bool:
    """Whether something was said already, in words or by voice."""
    return bool(talk.kept.text) or any(file.kind is FileKind.VOICE for file in talk.kept.files)


def _begun_from(talk: Talk) -> int | None:
    """Return the id of the reminder it was begun from, if it was; whether it is hers is seen when it is kept."""
    said = str(talk.answers.get("reminder", ""))
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None


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
        shown=SHOWN,
        changed=_changed(talk, visit) if undoable else None,
        corrected=corrected,
        righted=None,
        added=False,
        kept=reminders.kept_by(talk.session, visit),
        pledged=pledges.kept_at(talk.session, visit),
        grave=(grave := own and undoable and bool(dangers.found_in(visit.note, rules(talk.session)))),
        left=bool(left := _also_done(talk, visit) if own and undoable else []),
        rows=[
            [
                Go(_("⚠️ Log a complaint"), f"/do/complaint?customer={visit.customer_id}&visit={visit.id}")
                if grave
                else None
            ],
            *left,
            [
                Act(_("↩️ Undo"), undo_visit, visit.id) if undoable else None,
                Go(_("✏️ Edit"), f"/do/correct_visit?visit={visit.id}") if editable else None,
            ],
            [
                Go(_("🕰 Before"), f"/visits/{visit.id}/before") if corrected else None,
                Link(_("📎 Sent along: {count}", count=sent), visit_files, visit.id) if sent else None,
                Go(_("🤝 A promise"), f"/do/pledge?customer={visit.customer_id}&visit={visit.id}") if own else None,
            ],
            [to_whole(f"/visits/{visit.id}", (visit.note, SHOWN))],
            [
                to_customer(talk, visit.customer_id),
                Door(_("📝 Log the next one"), log_visit) if undoable else None,
            ],
        ],
    )


def _also_done(talk: Talk, visit: Visit) -> Rows:
    """Return a row for each thing left to do for this customer that may have been done there: one tap each."""
    tasks = [
        Act(_("☐ {what}", what=brief(task.why, 30)), done_there, visit.id, reminder=task.id, version=task.version)
        for task in reminders.left_open_by(talk.session, visit)
    ]
    owed = [
        Act(_("🤝 {what}", what=brief(one.words, 30)), kept_there, visit.id, pledge=one.id, version=one.version)
        for one in pledges.left_open_by(talk.session, visit)
    ]
    return [[act] for act in [*tasks, *owed][:MOST_ALSO]]


@act("/visits/{visit_id}/done", needs=Permission.LOG_VISITS)
def done_there(talk: Talk, visit_id: int, reminder: int, version: int) -> Screen:
    """Something else that was to be done for the customer was done at the visit."""
    visit = visits.own(talk.session, talk.person, visit_id)
    reminders.done_at(talk.session, talk.person, reminder, visit, version=version, at=talk.now)
    return visit_card(talk, visit_id)


@act("/visits/{visit_id}/kept", needs=Permission.LOG_VISITS)
def kept_there(talk: Talk, visit_id: int, pledge: int, version: int) -> Screen:
    """A promise to the customer was kept at the visit."""
    visit = visits.own(talk.session, talk.person, visit_id)
    pledges.keep_at(talk.session, talk.person, pledge, visit, version=version, at=talk.now)
    return visit_card(talk, visit_id)


def _changed(talk: Talk, visit: Visit) -> Mapping[str, object]:
    """Return what is different because of the visit: how often this month, and until when the next one is due."""
    due = plan.next_visit_due(talk.session, visit.customer)
    count = plan.visits_this_month(talk.session, talk.person, visit.customer, now=talk.now)
    return {"count": count, "due": due, "late": due < talk.today}


@page("/visits/{visit_id}/text", needs=Permission.SEE_VISITS)
def visit_text(talk: Talk, visit_id: int, page: int = 0) -> Screen:
    """The whole note."""
    visit = visits.find(talk.session, talk.person, visit_id)
    back = Link(_("‹ {number}", number=visit.number), visit_card, visit.id)
    return whole(visit_text, visit.id, visit.note, back=back, page=page)


@page("/visits/{visit_id}/files", needs=Permission.SEE_VISITS)
def visit_files(talk: Talk, visit_id: int) -> Screen:
    """What was sent along, once more."""
    visit = visits.find(talk.session, talk.person, visit_id)
    back = Link(_("‹ {number}", number=visit.number), visit_card, visit.id)
    return files.page_of("visit/files", visit.attachments, back, visit=visit)


@act("/visits/{visit_id}/undo", needs=Permission.LOG_VISITS)
def undo_visit(talk: Talk, visit_id: int) -> Screen:
    """Take a visit back that was saved by mistake."""
    visit = visits.undo(talk.session, talk.person, visit_id, at=talk.now)
    customer, people = removal.brought_by(talk.session, visit)
    new = [brief(one.name, 20) for one in (customer, *people) if one is not None]
    what = talk.say(_(", ")).join(new)
    return Screen(
        "visit/undone",
        visit=visit,
        new=what,
        rows=[
            [Act(_("🗑 Remove {what} too", what=brief(what, 40)), remove_new, visit.id) if new else None],
            [Door(_("📝 Log it again"), log_visit, customer=visit.customer)],
            [to_customer(talk, visit.customer_id)],
        ],
    )


@act("/visits/{visit_id}/remove", needs=Permission.EDIT_CUSTOMERS)
def remove_new(talk: Talk, visit_id: int) -> Screen:
    """Remove the customer and the people that only a visit taken back had brought into the file."""
    left = removal.remove(talk.session, talk.person, visit_id, at=talk.now)
    again = Door(_("📝 Log a visit"), log_visit, customer=left) if left else Door(_("📝 Log a visit"), log_visit)
    return Screen("visit/removed", rows=[[again], [to_customer(talk, left.id) if left else None]])


def day_in(text: str, today: date) -> date | None:
    """Return the day a sentence names for the next visit; one more than a year away is about something else."""
    gone = days_gone.said_in(text, today) or days_gone.said_in(text, today, from_afar=True)
    day = days.find(gone.rest if gone else text, today)
    return day if day is not None and day - today <= A_YEAR else None
