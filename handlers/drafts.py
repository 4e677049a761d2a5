"""/drafts: what was begun and left. Each goes on where it stopped, or is thrown away."""

from __future__ import annotations

from datetime import datetime

from dialog import memory
from dialog.draft import Draft
from dialog.kept import Kept
from dialog.page import act, page
from dialog.screen import Act, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.menu import to_home
from models.problem import NotFound

SHOWN = 8
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
                [Link(f"{number}. {_title(talk, one)}", draft_page, one.id)]
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
    title, touched_at, words = _shown(talk, draft)
    return Screen(
        "dialog/draft",
        title=title,
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


def _shown(talk: Talk, draft: Draft) -> tuple[str, datetime, str]:
    return _title(talk, draft), draft.touched_at, _words(draft)


def _title(talk: Talk, draft: Draft) -> str:
    return talk.say(talk.house.book.flows[draft.flow].title)


def _words(draft: Draft) -> str:
    """Return what was said in it, as far as it was words."""
    answers = [answer for name, answer in draft.answers.items() if name in SPOKEN and answer is not None]
    said = [answer["text"] if isinstance(answer, dict) else answer for answer in answers]
    return " ".join([*map(str, said), Kept.thawed(draft.memo.kept).text]).strip()
