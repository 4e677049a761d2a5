"""Change: whether two shares differ, in the words that may be said about it (``SUR-16``)."""

from __future__ import annotations

from enum import StrEnum
from math import hypot

from crm.summaries import Z_95, wilson

Z_90 = 1.6448536269514722


class Change(StrEnum):
    """What may be said: *rose* only when p < 0.05, *perhaps* up to 0.10, otherwise no proven change."""

    ROSE = "rose"
    PERHAPS_ROSE = "perhaps_rose"
    NOT_PROVEN = "not_proven"
    PERHAPS_FELL = "perhaps_fell"
    FELL = "fell"
    TOO_FEW = "too_few"


def change(satisfied: int, n: int, *, before: int, n_before: int, least: int) -> Change:
    """Return what may be said of a share of ``n`` against an earlier one; with fewer than ``least``, nothing."""
    if min(n, n_before) < least:
        return Change.TOO_FEW
    for z, up, down in ((Z_95, Change.ROSE, Change.FELL), (Z_90, Change.PERHAPS_ROSE, Change.PERHAPS_FELL)):
        low, high = newcombe(satisfied, n, before=before, n_before=n_before, z=z)
        if low > 0:
            return up
        if high < 0:
            return down
    return Change.NOT_PROVEN


def newcombe(satisfied: int, n: int, *, before: int, n_before: int, z: float = Z_95) -> tuple[float, float]:
    """Return where the true difference of the shares lies, -1 to 1: Newcombe's interval (1998, no. 10)."""
    now_, then = satisfied / n, before / n_before
    low, high = wilson(satisfied, n, z=z)
    low_then, high_then = wilson(before, n_before, z=z)
    apart = now_ - then
    return apart - hypot(now_ - low, high_then - then), apart + hypot(high - now_, then - low_then)
