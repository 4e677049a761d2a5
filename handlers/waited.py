"""What waited for somebody in great number, in one card: how many of each kind, and a button to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from crm import complaints, contracts, notices, reminders
from dialog.page import page
from dialog.screen import Go, Screen
from dialog.talk import Talk
from dialog.words import brief
from handlers.menu import to_home
from handlers.paging import leaf, turning
from models.notice import Notice
from models.problem import NotFound


@page("/waited/{notice_id}")
def waited(talk: Talk, notice_id: int, page: int = 0) -> Screen:
    """Every page that was gathered and is still hers to see."""
    gathered = notices.gathered(talk.session, talk.person, notice_id)
    if not gathered:
        raise NotFound
    opened = [(notice.reason, button) for notice in gathered if (button := _button(talk, notice))]
    shown, more = leaf(page, lambda limit, offset: opened[offset : offset + limit])
    return Screen(
        "waited/list",
        count=len(opened),
        kinds=Counter(reason for reason, _button in opened).most_common(),
        rows=[
            *([button] for _reason, button in shown),
            turning(waited, notice_id, page=page, more=more),
            [to_home()],
        ],
    )


before = page("/meanwhile/{notice_id}")(waited.function)
"""Its address of old: cards that were sent under it still turn their pages."""


def _button(talk: Talk, notice: Notice) -> Go | None:
    """Return the button that opens what a notice is about, if she may still see it."""
    kind, _slash, number = notice.address[1:].partition("/")
    if kind not in _TITLES:
        return Go(talk.words.name(notice.reason), notice.address) if notice.reason else None
    try:
        return Go(_TITLES[kind](talk, int(number)), notice.address)
    except NotFound:
        return None


def _complaint(talk: Talk, number: int) -> str:
    found = complaints.find(talk.session, talk.person, number)
    return f"{found.number} · {brief(found.customer.name, 30)}"


def _reminder(talk: Talk, number: int) -> str:
    found = reminders.find(talk.session, talk.person, number)
    return f"🔔 {brief(found.customer.name, 30)}"


def _contract(talk: Talk, number: int) -> str:
    found = contracts.find(talk.session, talk.person, number)
    return f"📑 {brief(found.title, 16)} · {brief(found.customer.name, 20)}"


_TITLES: dict[str, Callable[[Talk, int], str]] = {
    "complaints": _complaint,
    "reminders": _reminder,
    "contracts": _contract,
}
"""How a button names what it opens; any other page goes by its reason."""
