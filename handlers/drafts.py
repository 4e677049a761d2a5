"""/drafts: what was begun and left. Each goes on where it stopped, or is thrown away."""

from __future__ import annotations

from dialog import memory
from dialog.draft import Draft
from dialog.kept import Kept
from dialog.page import act, page
from dialog.screen import Act, Button, Go, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.menu import to_home

SHOWN = 8


@page("/drafts")
def drafts(talk: Talk) -> Screen:
    """The drafts that wait, the latest first."""
    waiting = [one for one in memory.put_aside_by(talk.session, talk.person.id) if one.flow in talk.house.book.flows]
    lines = [(number, _title(talk, one), one.touched_at, _words(one)) for number, one in enumerate(waiting, 1)]
    return Screen(
        "dialog/drafts",
        lines=lines[:SHOWN],
        more=len(waiting) - SHOWN,
        rows=[*(_buttons(number, one) for number, one in enumerate(waiting[:SHOWN], 1)), [to_home()]],
    )


@act("/drafts/{draft_id}/discard")
def discard(talk: Talk, draft_id: int) -> Screen:
    """Throw one away."""
    memory.discard(talk.session, talk.person.id, draft_id)
    return drafts(talk)


def _buttons(number: int, draft: Draft) -> list[Button]:
    resume = Go(_("▶ Resume {number}", number=number), f"/resume/{draft.id}")
    return [resume, Act(_("🗑 Discard {number}", number=number), discard, draft.id)]


def _title(talk: Talk, draft: Draft) -> str:
    return talk.say(talk.house.book.flows[draft.flow].title)


def _words(draft: Draft) -> str:
    """Return what was said in it, as far as it was words."""
    said = [answer.get("text", "") for answer in draft.answers.values() if isinstance(answer, dict)]
    return " ".join([*filter(None, map(str, said)), Kept.thawed(draft.memo.kept).text])
