"""Turning the pages of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dialog.page import Route
from dialog.screen import Link

ON_A_PAGE = 6
LAST_PAGE = 5_000
R = TypeVar("R")


def leaf(page: int, read: Callable[[int, int], Sequence[R]]) -> tuple[Sequence[R], bool]:
    """Return the rows on this page, counted from 0, and whether more follow. ``read`` takes limit and offset."""
    rows = read(ON_A_PAGE + 1, clamped(page) * ON_A_PAGE)
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


def turning(route: Route[Any], *args: object, page: int, more: bool, **query: object) -> list[Link]:
    """Return the buttons to the pages before and after this one of the list at ``route``."""
    page = clamped(page)
    before = [Link("‹", route, *args, page=page - 1, **query)] if page else []
    after = [Link("›", route, *args, page=page + 1, **query)] if more else []
    return before + after


def clamped(page: int) -> int:
    """Return the page number, or the nearest there may be: it comes from an address, and may be forged."""
    return min(max(page, 0), LAST_PAGE)
