"""/drafts: what was begun and left. Each goes on where it stopped, or is thrown away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from crm import complaints, customers, letters, pledges, reminders, visits
from dialog import memory
from dialog.draft import Draft
from dialog.kept import Kept
from dialog.page import act, page
from dialog.question import is_an_id
from dialog.screen import Act, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.menu import to_home
from models.person import Person
from models.problem import NotFound

SHOWN = 8
RECORDS: dict[str, Callable[[Session, Person, int], Any]] = {
    "complaint": complaints.find,
    "letter": letters.find,
    "pledge": pledges.find,
    "reminder": reminders.find,
    "visit": visits.find,
}
"""What else than a customer itself a conversation may be about, by the name of its answer."""
SPOKEN = frozenset({"note", "words", "line", "remedy", "said"})
"""Questions that are answered in words."""


@page("/drafts", command="drafts", title=_("Drafts"))
def drafts(talk: Talk) -> Screen:
    """The drafts that wait, the latest first."""
    waiting = [one for one in memory.put_aside_by(talk.session, talk.person.id) if one.flow in talk.house.book.flows]
    return Screen(
        "dialog/drafts",
        lines=[(number, *_shown(talk, one)) for number, one in enumerate(waiting[:SHOWN], 1)],
        more=len(waiting) - SHOWN,
        rows=[
            *(
                [Link(brief(f"{number}. {_line(talk, one)}", 40), draft_page, one.id)]
                for number, one in enumerate(waiting[:SHOWN], 1)
            ),
            [to_home()],
        ],
    )


@page("/drafts/{draft_id}")
def draft_page(talk: Talk, draft_id: int) -> Screen:
    """One draft: it goes on, or is thrown away."""
    draft = memory.draft(talk.session, talk.person.id, draft_id)
    if draft is None or draft.flow not in talk.house.book.flows:
        raise NotFound(what="draft")
    title, firm, touched_at, words = _shown(talk, draft)
    return Screen(
        "dialog/draft",
        title=title,
        firm=firm,
        touched_at=touched_at,
        words=words,
        rows=[
            [Go(_("▶ Go on"), f"/resume/{draft_id}"), Act(_("🗑 Throw away"), discard, draft_id)],
            [Link(_("‹ Back"), drafts)],
        ],
    )


@act("/drafts/{draft_id}/discard")
def discard(talk: Talk, draft_id: int) -> Screen:
    """Throw one away."""
    memory.discard(talk.session, talk.person.id, draft_id)
    return drafts(talk)


def _shown(talk: Talk, draft: Draft) -> tuple[str, str, datetime, str]:
    return _title(talk, draft), _firm(talk, draft), draft.touched_at, _words(draft)


def _line(talk: Talk, draft: Draft) -> str:
    return " · ".join(part for part in (_title(talk, draft), _firm(talk, draft)) if part)


def _title(talk: Talk, draft: Draft) -> str:
    return talk.say(talk.house.book.flows[draft.flow].title)


def _firm(talk: Talk, draft: Draft) -> str:
    """Return the name of the customer it is about; "" while none is known, or when it is no longer hers to see."""
    known, answers = (talk.session, talk.person), draft.answers
    named = answers.get("customer", answers.get("about"))
    if isinstance(named, dict):
        return str(named.get("new", ""))
    with suppress(NotFound):
        if is_an_id(str(named)):
            return customers.find(*known, int(str(named))).name
        for name, find in RECORDS.items():
            if is_an_id(str(answers.get(name))):
                return str(find(*known, int(answers[name])).customer.name)
    return ""


def _words(draft: Draft) -> str:
    """Return what was said in it, as far as it was words."""
    answers = draft.answers.items()
    said = [
        answer["text"] if isinstance(answer, dict) else answer for name, answer in answers if name in SPOKEN and answer
    ]
    return " ".join([*map(str, said), Kept.thawed(draft.memo.kept).text]).strip()
