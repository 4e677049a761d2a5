"""Change: whether two shares differ, in the words that may be said about it (``SUR-16``)."""

from __future__ import annotations

from enum import StrEnum

from crm.shares import Z_90, Z_95, newcombe


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
