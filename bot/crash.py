"""Crash points: named places where a test may kill the process, to prove that nothing is lost or doubled.

Active only with ``CRASH_AT=name`` (or ``name:occurrence``) in the environment; otherwise they do nothing.
"""

from __future__ import annotations

import os
from collections import Counter

_CRASH_AT = os.environ.get("CRASH_AT", "")
_passed: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    """Die here, as by ``kill -9``, when this is the point and the occurrence asked for."""
    if not _CRASH_AT:
        return
    wanted, _colon, occurrence = _CRASH_AT.partition(":")
    _passed[name] += 1
    if name == wanted and _passed[name] == int(occurrence or 1):
        os._exit(137)
