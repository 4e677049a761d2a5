"""/complaint, /complaints: the department's side of a complaint, from its receipt to the feedback.

The buttons on a card are exactly the steps this person may take now; the business decides which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm import complaints, corrections, dangers, filing, moves, people, triage, visits
from crm.exports import What
from crm.rules import rules
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import is_an_id, or_as_it_stands
from dialog.questions import Choice, Pick, Said, Words
from dialog.screen import Act, Button, Door, Go, Link, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import gathered
from handlers.customer import to_customer
from handlers.elsewhere import SaveAsOf
from handlers.exporting import to_export
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.picking import PickCustomer, looked_for, nameless, people_called
from handlers.picking_complaint import PickComplaint
from handlers.report import MOST, complaint_files, customers_card, put_beside, reopening, whole_text
from models.complaint import Complaint, ComplaintKind, ComplaintMove, Severity, Stage
from models.customer import Customer
from models.person import Permission, Person
from models.problem import NotFound

LAST_STEPS = 8
SHOWN = 600
"""Characters of the customer's words on the card; the rest is one tap away."""


def from_one_line(talk: Talk, text: str) -> Mapping[str, object]:
    """Return what a line such as ``华东轴承 3号线轴承异响`` already says: the customer, and the words."""
    customer, _words, rest = looked_for(talk, text)
    if customer is None:
        return {"words": text}
    return {"customer": customer.id} | ({"words": rest} if rest else {})


class OnTheBot:
    """The people of one customer who use the bot."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Person]:
        """Return those whose name holds the words."""
        there = people.at_customer(talk.session, talk.person, self.customer)
        return people_called(words, there)[offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Person:
        """Return one by her id. Raises NotFound."""
        for person in people.at_customer(talk.session, talk.person, self.customer):
            if person.id == id_:
                return person
        raise NotFound

    def title(self, talk: Talk, row: Person) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name with the position."""
        return f"{row.name} · {row.contact.position}" if row.contact and row.contact.position else row.name


@flow(
    "complaint",
    _("Log a complaint"),
    needs=Permission.FILE_COMPLAINTS,
    command="complaint",
    prefill=from_one_line,
    keeps=True,
)
def log_complaint(talk: Talk) -> Script:
    """A rep registers what a customer said elsewhere: customer, words, kind. It is S3 until somebody says otherwise.

    Whoever said it may be named, if she uses the bot: then she follows it here, and is asked at its end.
    """
    customer = yield from PickCustomer("customer", _("Customer"))
    talk.kept = nameless(talk.kept.without_place(), customer)
    asked = Words("words", _("Words"), most=MOST, voice=True, photos=10, files_alone=True)
    said = yield from or_as_it_stands(asked, _noted_at_a_visit(talk))
    reporter = None
    if people.at_customer(talk.session, talk.person, customer):
        reporter = yield from Pick("reporter", OnTheBot(customer), _("Who said it"), later=True)
    kind = yield from SaveAsOf("kind", ComplaintKind, of=customer, words=said.text)
    complaint = filing.file(
        talk.session,
        talk.person,
        customer=customer,
        words=gathered.words(talk, said, cards=True),
        kind=kind,
        reporter=reporter,
        said_by=str(talk.answers.get("by", "")),
        files=gathered.sent(talk, said),
        at=talk.now,
    )
    gathered.remember(talk, complaint, "words", said.text)
    return complaint_card(talk, complaint.id)


def _noted_at_a_visit(talk: Talk) -> Said | None:
    """Return the note of the visit that it was begun from."""
    number = str(talk.answers.get("visit", ""))
    visit = visits.find(talk.session, talk.person, int(number)) if is_an_id(number) else None
    return Said(visit.note) if visit is not None and visit.note else None


@dataclass(frozen=True)
class Line:
    """One complaint in a list."""

    complaint: Complaint
    late: bool
    due: datetime | None


@page("/complaints", needs=Permission.SEE_COMPLAINTS, command="complaints", title=_("Complaints"))
def complaint_list(talk: Talk, page: int = 0, late: bool = False, new: bool = False) -> Screen:
    """The complaints this person may see: late ones on top, then the open ones, closed ones last."""
    found, more = leaf(page, lambda limit, offset: _found(talk, late=late, new=new, limit=limit, offset=offset))
    lines = [Line(complaint, _late(talk, complaint), _due(complaint)) for complaint in found]
    return Screen(
        "complaint/list",
        lines=lines,
        late=late,
        new=new,
        rows=[
            *([Link(_title(line), complaint_card, line.complaint.id)] for line in lines),
            turning(complaint_list, page=page, more=more, late=late or None, new=new or None),
            [
                Link(_("All"), complaint_list)
                if late or new
                else Link(_("⏰ Overdue only"), complaint_list, late=True),
                Door(_("➕ Log a complaint"), log_complaint) if talk.may(Permission.FILE_COMPLAINTS) else None,
            ],
            [to_export(talk, What.COMPLAINTS) if found and not (late or new) else None, to_home()],
        ],
    )


def _found(talk: Talk, *, late: bool, new: bool, limit: int, offset: int) -> Sequence[Complaint]:
    facts = (talk.session, talk.person)
    if late:
        return complaints.open_ones(*facts, now=talk.now, overdue_only=True, limit=limit, offset=offset)
    stages = [Stage.RECEIVED] if new else list(Stage)
    return complaints.listed(*facts, now=talk.now, stages=stages, limit=limit, offset=offset)


def _title(line: Line) -> str:
    return brief(f"{'⏰ ' if line.late else ''}{line.complaint.number} · {line.complaint.customer.name}", 40)


@page("/complaints/{complaint_id}")
def complaint_card(talk: Talk, complaint_id: int) -> Screen:
    """One complaint: for its reporter how it stands, for the department everything."""
    complaint = complaints.find(talk.session, talk.person, complaint_id)
    if not talk.may(Permission.SEE_COMPLAINTS):
        return customers_card(talk, complaint)
    steps = moves.steps_open_to(talk.person, complaint)
    corrected = corrections.last(talk.session, complaint)
    return Screen(
        "complaint/card",
        complaint=complaint,
        corrected=corrected,
        late=_late(talk, complaint),
        shown=SHOWN,
        dangers=dangers.found_in(complaint.said, rules(talk.session)),
        history=_history(complaint),
        waits_for_a_leader=complaint.stage is Stage.RESOLVED and Stage.FED_BACK not in steps,
        thread=complaints.thread(complaint),
        rows=[
            *_buttons(talk, complaint, steps),
            [Go(_("🕰 Before"), f"/complaints/{complaint_id}/before") if corrected else None],
        ],
    )


def _buttons(talk: Talk, complaint: Complaint, steps: frozenset[Stage]) -> Rows:
    sent = len(complaint.attachments)
    graver = triage.severities_open_to(talk.person, complaint)
    proposed = complaint.proposed if complaint.pressing and complaint.proposed in graver else None
    return [
        [_step(complaint, stage) for stage in Stage if stage in steps],
        [_give(talk, complaint, proposed) if proposed else None],
        [
            Link(_("⚖️ Severity"), severity_page, complaint.id) if graver else None,
            Link(_("🏷 Kind"), kind_page, complaint.id) if complaint.open else None,
            Go(_("👤 Handler"), f"/do/assign?complaint={complaint.id}&version={complaint.version}")
            if triage.may_assign(talk.session, talk.person, complaint)
            else None,
        ],
        [
            Link(_("📎 Sent along: {count}", count=sent), complaint_files, complaint.id) if sent else None,
            to_customer(talk, complaint.customer_id),
        ],
        [whole_text(complaint, shown=SHOWN)],
    ]


def _step(complaint: Complaint, stage: Stage) -> Button:
    """Return the button that takes the complaint to this stage."""
    if stage is Stage.ACKNOWLEDGED:
        return Act(_("✅ Acknowledge"), acknowledge, complaint.id, version=complaint.version)
    if stage is Stage.RESOLVED:
        return Door(_("🛠 Resolve"), resolve, complaint=complaint)
    if stage is Stage.FED_BACK:
        return Door(_("🤝 Feed back and close"), feed_back, complaint=complaint)
    if complaint.stage is Stage.RESOLVED:
        return Door(_("🔁 Take up again"), take_up_again, complaint=complaint)
    return Act(_("🔍 Investigate"), investigate, complaint.id, version=complaint.version)


def _give(talk: Talk, complaint: Complaint, severity: Severity) -> Button:
    words = _("⚠️ Make it {severity}", severity=talk.words.name(severity))
    return Act(words, set_severity, complaint.id, severity=severity, version=complaint.version)


def _late(talk: Talk, complaint: Complaint) -> bool:
    return complaint.open and complaint.overdue(talk.now)


def _due(complaint: Complaint) -> datetime | None:
    """Return when the next promised step is due."""
    if complaint.acknowledged_at is None:
        return complaint.acknowledge_by
    return complaint.resolve_by if complaint.resolved_at is None else None


def _history(complaint: Complaint) -> list[ComplaintMove]:
    """Return the last steps, and the words added between them."""
    return [move for move in complaint.moves if move.was is not move.became or move.words][-LAST_STEPS:]


@act("/complaints/{complaint_id}/acknowledge", needs=Permission.HANDLE_COMPLAINTS)
def acknowledge(talk: Talk, complaint_id: int, version: int) -> Screen:
    """A human has taken it up."""
    moves.acknowledge(talk.session, talk.person, complaint_id, version=version, at=talk.now)
    return complaint_card(talk, complaint_id)


@act("/complaints/{complaint_id}/investigate", needs=Permission.HANDLE_COMPLAINTS)
def investigate(talk: Talk, complaint_id: int, version: int) -> Screen:
    """The cause is being looked for."""
    moves.investigate(talk.session, talk.person, complaint_id, version=version, at=talk.now)
    return complaint_card(talk, complaint_id)


@flow("resolve", _("Resolve a complaint"), needs=Permission.HANDLE_COMPLAINTS, keeps=True)
def resolve(talk: Talk) -> Script:
    """What was done about it, in the words the customer will read."""
    complaint = yield from PickComplaint("complaint", [Stage.INVESTIGATING])
    if Stage.RESOLVED in moves.steps_open_to(talk.person, complaint):
        said = yield from Words("remedy", most=1000, photos=10)
        remedy = gathered.words(talk, said, cards=True)
        moves.resolve(talk.session, talk.person, complaint.id, version=complaint.version, remedy=remedy, at=talk.now)
        put_beside(talk, complaint, said)
    return complaint_card(talk, complaint.id)


@flow("feed_back", _("Feed back and close"), needs=Permission.HANDLE_COMPLAINTS)
def feed_back(talk: Talk) -> Script:
    """What the customer said when she was asked whether she is content."""
    complaint = yield from PickComplaint("complaint", [Stage.RESOLVED])
    if Stage.FED_BACK in moves.steps_open_to(talk.person, complaint):
        said = yield from Words("verdict", most=1000)
        moves.feed_back(
            talk.session, talk.person, complaint.id, version=complaint.version, words=said.text, at=talk.now
        )
    return complaint_card(talk, complaint.id)


@flow("take_up_again", _("Take a complaint up again"), needs=Permission.HANDLE_COMPLAINTS, keeps=True)
def take_up_again(talk: Talk) -> Script:
    """The customer told us elsewhere that it is not solved."""
    complaint = yield from reopening(talk)
    return complaint_card(talk, complaint.id)


@page("/complaints/{complaint_id}/severity", needs=Permission.HANDLE_COMPLAINTS)
def severity_page(talk: Talk, complaint_id: int) -> Screen:
    """How grave it is; lighter is for a leader, who says why."""
    complaint = complaints.find(talk.session, talk.person, complaint_id)
    keys: list[Button] = [
        Door(talk.words.name(severity), lighten, complaint=complaint, severity=severity)
        if with_reason
        else Act(talk.words.name(severity), set_severity, complaint.id, severity=severity, version=complaint.version)
        for severity, with_reason in triage.severities_open_to(talk.person, complaint).items()
    ]
    rows: Rows = [*grid(keys, 2), [_back(complaint)]]
    return Screen("complaint/severity", complaint=complaint, settled=not keys, rows=rows)


@act("/complaints/{complaint_id}/set_severity", needs=Permission.HANDLE_COMPLAINTS)
def set_severity(talk: Talk, complaint_id: int, severity: Severity, version: int) -> Screen:
    """Make it graver."""
    triage.set_severity(talk.session, talk.person, complaint_id, severity=severity, version=version, at=talk.now)
    return complaint_card(talk, complaint_id)


@flow("lighten", _("Lower a severity"), needs=Permission.HANDLE_COMPLAINTS)
def lighten(talk: Talk) -> Script:
    """A leader makes it lighter and says why."""
    complaint = yield from PickComplaint("complaint")
    possible = triage.severities_open_to(talk.person, complaint)
    lighter = [severity for severity, with_reason in possible.items() if with_reason]
    if lighter:
        severity = yield from Choice("severity", Severity, only=lighter)
        said = yield from Words("reason", most=500)
        facts: dict[str, Any] = {"severity": severity, "reason": said.text, "version": complaint.version}
        triage.set_severity(talk.session, talk.person, complaint.id, at=talk.now, **facts)
    return complaint_card(talk, complaint.id)


@page("/complaints/{complaint_id}/kind", needs=Permission.HANDLE_COMPLAINTS)
def kind_page(talk: Talk, complaint_id: int) -> Screen:
    """What it is about."""
    complaint = complaints.find(talk.session, talk.person, complaint_id)
    keys: list[Button] = [
        Act(talk.words.name(kind), set_kind, complaint.id, kind=kind, version=complaint.version)
        for kind in ComplaintKind
    ]
    return Screen("complaint/which_kind", complaint=complaint, rows=[*grid(keys, 2), [_back(complaint)]])


@act("/complaints/{complaint_id}/set_kind", needs=Permission.HANDLE_COMPLAINTS)
def set_kind(talk: Talk, complaint_id: int, kind: ComplaintKind, version: int) -> Screen:
    """Say what it is about."""
    triage.set_kind(talk.session, talk.person, complaint_id, kind=kind, version=version, at=talk.now)
    return complaint_card(talk, complaint_id)


def _back(complaint: Complaint) -> Button:
    return Link(_("‹ {number}", number=complaint.number), complaint_card, complaint.id)
