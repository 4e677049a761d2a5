"""The customer's side of a complaint: reporting a problem, following it, adding to it, saying it is not solved.

Photo or words first, the number at once. One living message shows where the complaint stands.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from crm import attachments, complaint_notices, complaints, duty, filing, moves, triage
from crm.rules import rules
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import Here, Question
from dialog.questions import Said, Words
from dialog.screen import Act, Button, Door, Go, Link, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import _, brief, clean
from handlers import files, gathered
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.picking_complaint import PickComplaint
from handlers.whole import to_whole, whole
from models.complaint import Complaint, ComplaintKind, ComplaintMove, Stage
from models.customer import Customer
from models.person import Permission
from models.problem import NotFound

MOST = 4096
"""As long as a message can be, so that nothing a customer sends is refused for its length."""


AT_FIRST, LATER, ADDED = 600, 120, 200
"""Characters of her words on her card: while it is new, after that, and of each thing she added."""


class WhatIsIt(Words):
    """Her words. What she came for decides how they are asked for: a problem, a message, her data."""

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what it is about."""
        return {**super().facts(here), "about": here.talk.answers.get("about", "")}


@flow(
    "report",
    _("Report a problem"),
    needs=Permission.REPORT_PROBLEMS,
    command="report",
    prefill=lambda talk, text: {"words": text},  # noqa: ARG005 - the interface
    keeps=True,
    keeps_places=True,
)
def report(talk: Talk) -> Script:
    """What is wrong, in words or pictures: the number comes at once."""
    said = yield from WhatIsIt("words", most=MOST, voice=True, photos=10, files_alone=True)
    return customers_card(talk, register(talk, said))


def register(talk: Talk, said: Said) -> Complaint:
    """Return the complaint that what she sent has become, with its number."""
    complaint = filing.file(
        talk.session,
        talk.person,
        customer=firm_of(talk),
        words=gathered.words(talk, said, cards=True),
        kind=ComplaintKind.OTHER if talk.answers.get("about") else None,
        files=gathered.sent(talk, said),
        at=talk.now,
    )
    gathered.remember(talk, complaint, "words", said.text)
    return complaint


def customers_card(talk: Talk, complaint: Complaint, *, passed_on: bool = False) -> Screen:
    """Return the complaint as its reporter sees it: the one message that changes as the work goes on.

    Its words stand there at length while it is new, and shortly when she has read them often enough. What cannot
    wait says who was told, and whom she may call.
    """
    told = complaint_notices.who_is_told(talk.session, complaint) if complaint.pressing else []
    screen = Screen(
        "report/card",
        complaint=complaint,
        stages=_stages(complaint),
        now_with=duty.on_duty(talk.session, complaint.owner) if complaint.owner else None,
        dots="".join("●" if reached else "○" for _stage, reached, _at in _stages(complaint)),
        added=[move.words for move in complaint.moves if move.actor_id == talk.person.id and move.was is move.became],
        shown=_shown(complaint),
        passed_on=passed_on,
        told="" if complaint.acknowledged_at else talk.say(_(", ")).join(brief(person.name, 20) for person in told),
        phone=rules(talk.session).emergency_phone if complaint.pressing else "",
        asks_kind=_asks_kind(complaint),
        promised=complaint.acknowledge_by if _still_to_come(talk, complaint) else None,
        thread=complaints.thread(complaint),
        rows=_customers_buttons(talk, complaint),
    )
    screen.address = complaints.address(complaint)
    return screen


def _customers_buttons(talk: Talk, complaint: Complaint) -> Rows:
    kinds: list[Button] = [
        Act(talk.words.name(kind), say_kind, complaint.id, kind=kind) for kind in ComplaintKind if _asks_kind(complaint)
    ]
    sent = len(complaint.attachments)
    may_reopen = Stage.INVESTIGATING in moves.steps_open_to(talk.person, complaint)
    return [
        *grid(kinds, 3),
        [Door(_("🔁 It is not solved"), reopen, complaint=complaint) if may_reopen else None],
        [Door(_("➕ Add words or a photo"), add_to_complaint, complaint=complaint) if complaint.open else None],
        [
            Link(_("📎 Sent along: {count}", count=sent), complaint_files, complaint.id) if sent else None,
            Link(_("📋 My complaints"), my_complaints),
        ],
        [whole_text(complaint, shown=_shown(complaint))],
    ]


def whole_text(complaint: Complaint, *, shown: int) -> Button | None:
    """Return the button to all that was written about a complaint, when its card shows less."""
    added = ((move.words, ADDED) for move in complaint.moves)
    return to_whole(complaints.address(complaint), (complaint.words, shown), *added)


@page("/complaints/{complaint_id}/text")
def complaint_text(talk: Talk, complaint_id: int, page: int = 0) -> Screen:
    """All that was written: her words, and what was added, by whom and when."""
    complaint = complaints.find(talk.session, talk.person, complaint_id)
    day = talk.words.written
    added = [
        f"{day(move.at.astimezone(talk.zone).date(), talk.today)} {move.actor.name}: {move.words}"
        for move in complaint.moves
        if move.words and _hers_to_read(talk, complaint, move)
    ]
    text = "\n\n".join(part for part in (complaint.words, *added) if part)
    return whole(complaint_text, complaint.id, text, back=_back(complaint), page=page)


def _hers_to_read(talk: Talk, complaint: Complaint, move: ComplaintMove) -> bool:
    """The department reads every word; its reporter her own, and the remedy."""
    return talk.may(Permission.SEE_COMPLAINTS) or move.actor_id == talk.person.id or move.words == complaint.remedy


def _back(complaint: Complaint) -> Go:
    return Go(_("‹ {number}", number=complaint.number), complaints.address(complaint))


def _stages(complaint: Complaint) -> list[tuple[Stage, bool, Any]]:
    """Return every stage, whether the complaint has reached it, and when it last did."""
    order = list(Stage)
    since = {move.became: move.at for move in complaint.moves if move.was is not move.became}
    reached = order.index(complaint.stage)
    return [(stage, place <= reached, since.get(stage)) for place, stage in enumerate(order)]


def _asks_kind(complaint: Complaint) -> bool:
    return complaint.kind is None and complaint.stage is Stage.RECEIVED


def _still_to_come(talk: Talk, complaint: Complaint) -> bool:
    waits = complaint.acknowledged_at is None and not complaint.pressing
    return waits and talk.now < complaint.acknowledge_by


def _shown(complaint: Complaint) -> int:
    return AT_FIRST if complaint.stage is Stage.RECEIVED else LATER


@act("/complaints/{complaint_id}/about", needs=Permission.REPORT_PROBLEMS)
def say_kind(talk: Talk, complaint_id: int, kind: ComplaintKind) -> Screen:
    """Her word on what it is about."""
    return customers_card(talk, triage.say_kind(talk.session, talk.person, complaint_id, kind=kind, at=talk.now))


@page("/complaints/mine", needs=Permission.REPORT_PROBLEMS, command="mine", title=_("My complaints"))
def my_complaints(talk: Talk, page: int = 0) -> Screen:
    """What she has reported; what is still open comes first."""
    who, now = (talk.session, talk.person), talk.now
    shown, more = leaf(page, lambda limit, offset: complaints.listed(*who, now=now, limit=limit, offset=offset))
    return Screen(
        "report/mine",
        complaints=shown,
        rows=[
            *([Go(_title(complaint), complaints.address(complaint))] for complaint in shown),
            turning(my_complaints, page=page, more=more),
            [Door(_("📝 Report a problem"), report), to_home()],
        ],
    )


def _title(complaint: Complaint) -> str:
    return brief(f"{complaint.number} {clean(complaint.words, line=True) or '📎'}", 30)


@page("/complaints/{complaint_id}/files")
def complaint_files(talk: Talk, complaint_id: int) -> Screen:
    """What was sent along, once more."""
    complaint = complaints.find(talk.session, talk.person, complaint_id)
    return files.page_of("complaint/files", complaint.attachments, _back(complaint), complaint=complaint)


@flow("add_to_complaint", _("Add to a complaint"), needs=Permission.REPORT_PROBLEMS, keeps=True, keeps_places=True)
def add_to_complaint(talk: Talk) -> Script:
    """More words or photos for a complaint that is still open."""
    complaint = yield from PickComplaint("complaint")
    if not complaint.open:
        return customers_card(talk, complaint)
    said = yield from Words("words", most=MOST, voice=True, photos=10, files_alone=True)
    words, sent = gathered.words(talk, said, cards=True), gathered.sent(talk, said)
    complaint = filing.add(talk.session, talk.person, complaint.id, words=words, files=sent, at=talk.now)
    gathered.remember(talk, complaint.moves[-1], "words", said.text)
    return customers_card(talk, complaint, passed_on=True)


@flow("reopen", _("It is not solved"), needs=Permission.REPORT_PROBLEMS, keeps=True, keeps_places=True)
def reopen(talk: Talk) -> Script:
    """She is not content with the remedy, and says why."""
    complaint = yield from reopening(talk)
    return customers_card(talk, complaint)


def reopening(talk: Talk) -> Generator[Question[Any], Any, Complaint]:
    """Ask which complaint and why, and take it up again; give it as it is when that is no longer possible."""
    complaint = yield from PickComplaint("complaint", [Stage.RESOLVED])
    if Stage.INVESTIGATING not in moves.steps_open_to(talk.person, complaint):
        return complaint
    said = yield from Words("reopen.reason", most=MOST, voice=True, photos=10, files_alone=True)
    moves.reopen(
        talk.session,
        talk.person,
        complaint.id,
        version=complaint.version,
        words=gathered.words(talk, said, cards=True),
        files=gathered.sent(talk, said),
        at=talk.now,
    )
    gathered.remember(talk, complaint.moves[-1], "reopen.reason", said.text)
    return complaint


def put_beside(talk: Talk, complaint: Complaint, said: Said) -> None:
    """Keep the files that came with an answer beside the complaint."""
    for sent in gathered.sent(talk, said):
        attachments.attach(talk.session, talk.person, sent, complaint=complaint, at=talk.now)
    talk.session.expire(complaint, ["attachments"])


def firm_of(talk: Talk) -> Customer:
    """Return the firm of a customer's person. Raises NotFound for anybody else."""
    if talk.person.contact is None:
        raise NotFound
    return talk.person.contact.customer
