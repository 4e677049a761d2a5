"""Shares: how sure one may be of a share, and of the difference of two. It knows numbers only."""

from __future__ import annotations

from math import hypot, sqrt

Z_95 = 1.959963984540054


Z_90 = 1.6448536269514722


def wilson(successes: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """Return where the true share lies, with 95 % or as ``z`` says, 0 to 1: Wilson's interval. ``n`` is at least 1."""
    p, z2 = successes / n, z**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def newcombe(satisfied: int, n: int, *, before: int, n_before: int, z: float = Z_95) -> tuple[float, float]:
    """Return where the true difference of the shares lies, -1 to 1: Newcombe's interval (1998, no. 10)."""
    now_, then = satisfied / n, before / n_before
    low, high = wilson(satisfied, n, z=z)
    low_then, high_then = wilson(before, n_before, z=z)
    apart = now_ - then
    return apart - hypot(now_ - low, high_then - then), apart + hypot(high - now_, then - low_then)
