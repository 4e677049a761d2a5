"""Messages between a customer's person and her rep, through the bot: neither needs the other's number."""

from __future__ import annotations

from crm import complaints, corrections, duty, letters
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Pick, Words
from dialog.screen import Act, Button, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import files, gathered
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.picking import ByDoor
from handlers.whole import to_whole, whole
from models.complaint import Complaint, Stage
from models.letter import Letter
from models.person import Permission, Role

MOST = 4000
SHOWN = 2500
"""Characters of it on its card; the rest is one tap away."""


@flow("message", _("Write to my contact person"), needs=Permission.REPORT_PROBLEMS, keeps=True, keeps_places=True)
def message(talk: Talk) -> Script:
    """What a customer's person has to say, in words or pictures."""
    said = yield from Words("words", most=MOST, voice=True, photos=10, files_alone=True)
    letter = letters.write(
        talk.session,
        talk.person,
        words=gathered.words(talk, said, cards=True),
        files=gathered.sent(talk, said),
        at=talk.now,
    )
    gathered.remember(talk, letter, "words", said.text)
    return letter_page(talk, letter.id)


@flow("reply", _("Reply"), needs=Permission.EDIT_CUSTOMERS, keeps=True)
def reply(talk: Talk) -> Script:
    """What the rep answers."""
    letter = yield from Pick("letter", ByDoor(letters.find))
    said = yield from Words("words", most=MOST, voice=True, photos=10, files_alone=True)
    answer = letters.answer(
        talk.session,
        talk.person,
        letter.id,
        words=gathered.words(talk, said, cards=True),
        files=gathered.sent(talk, said),
        at=talk.now,
    )
    gathered.remember(talk, answer, "words", said.text)
    return letter_page(talk, answer.id)


@page("/letters/{letter_id}")
def letter_page(talk: Talk, letter_id: int) -> Screen:
    """One message with those before it: for the department with its customer, for the customer with an answer."""
    letter = letters.find(talk.session, talk.person, letter_id)
    ours = talk.person.role is not Role.CUSTOMER
    sent = len(letter.attachments)
    answering = Door(_("↩️ Reply"), reply, letter=letter) if ours else Door(_("↩️ Reply"), message)
    own = letter.author_id == talk.person.id
    waits = ours and letters.is_open(talk.session, talk.person, letter, now=talk.now)
    return Screen(
        "letter/card",
        letter=letter,
        righted=False,
        corrected=corrections.last(talk.session, letter),
        shown=SHOWN,
        own=own,
        ours=ours,
        rep=letter.customer.owner,
        now_with=duty.reached_for(talk.session, letter.customer.owner),
        settled=ours and letter.settled_at is not None,
        before=letters.before(talk.session, talk.person, letter),
        complaints=_open_complaints(talk, letter) if ours else 0,
        rows=[
            [
                answering if not own else None,
                Act(_("✔️ No answer needed"), settle, letter_id) if waits else None,
                Link(_("📎 Sent along: {count}", count=sent), letter_files, letter_id) if sent else None,
            ],
            [to_whole(letters.address(letter), (letter.words, SHOWN))],
            [
                Go(_("🏭 Customer"), f"/customers/{letter.customer_id}") if ours else to_home(),
                Go(_("🕘 Timeline"), f"/customers/{letter.customer_id}/timeline") if ours else None,
            ],
        ],
    )


@act("/letters/{letter_id}/settle", needs=Permission.EDIT_CUSTOMERS)
def settle(talk: Talk, letter_id: int) -> Screen:
    """A word of thanks, say: it waits for nobody any more."""
    letters.settle(talk.session, talk.person, letter_id, at=talk.now)
    return letter_page(talk, letter_id)


@page("/letters", needs=Permission.SEE_VISITS)
def unanswered(talk: Talk, page: int = 0) -> Screen:
    """What customers wrote and nobody has answered, the oldest first."""
    waiting = letters.unanswered(talk.person, now=talk.now)
    found, more = leaf(page, lambda limit, offset: talk.session.scalars(waiting.limit(limit).offset(offset)).all())
    return Screen(
        "letter/list",
        letters=found,
        rows=[*([to_letter(one)] for one in found), turning(unanswered, page=page, more=more), [to_home()]],
    )


def to_letter(letter: Letter) -> Button:
    """Return the button that opens a letter which waits."""
    return Link(brief(f"✉️ {letter.author.name} · {letter.customer.name}", 40), letter_page, letter.id)


@page("/letters/{letter_id}/files")
def letter_files(talk: Talk, letter_id: int) -> Screen:
    """What was sent along, once more."""
    letter = letters.find(talk.session, talk.person, letter_id)
    back = Link(_("‹ Back"), letter_page, letter_id)
    return files.page_of("letter/files", letter.attachments, back, letter=letter)


@page("/letters/{letter_id}/text")
def letter_text(talk: Talk, letter_id: int, page: int = 0) -> Screen:
    """All that was written."""
    letter = letters.find(talk.session, talk.person, letter_id)
    return whole(letter_text, letter.id, letter.words, back=Link(_("‹ Back"), letter_page, letter_id), page=page)


def _open_complaints(talk: Talk, letter: Letter) -> int:
    own = complaints.visible_to(talk.person).where(Complaint.customer_id == letter.customer_id)
    return len(talk.session.scalars(own.where(Complaint.stage != Stage.FED_BACK)).all())
