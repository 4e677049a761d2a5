"""Dangers: what in a customer's words sounds as if it could not wait (``CMP-04``). It only reads; a human confirms."""

from __future__ import annotations

import re

from crm.rules import Rules
from models.complaint import Danger, Severity

_DENIES = re.compile(
    r"(?<!有)(?<!不是)(没有?|无|未有?)(任何)?(人员?)?$|\b(no|nobody|no one|none|not|without)( \w+)?( been)? $"
)


def found_in(words: str, rules: Rules) -> list[Danger]:
    """Return what these words sound like, nothing for most."""
    said = words.casefold()
    return [danger for danger, signs in rules.dangers.items() if any(_stands_in(said, sign) for sign in signs)]


def signs_in(words: str, rules: Rules) -> set[str]:
    """Return the signs of danger these words hold: of one kind there are several, a label and somebody hurt."""
    said = words.casefold()
    return {sign for signs in rules.dangers.values() for sign in signs if _stands_in(said, sign)}


def denied(before: str) -> bool:
    """Return whether these words deny what comes right behind them: 没有人受伤 is good news.

    有没有人受伤 denies nothing.
    """
    return bool(_DENIES.search(before.casefold()))


def _stands_in(said: str, sign: str) -> bool:
    return any(not denied(said[: found.start()]) for found in re.finditer(re.escape(sign), said))


def proposed(words: str, severity: Severity, rules: Rules) -> Severity | None:
    """Return the severity these words propose for a complaint of this severity; None when they propose none."""
    return Severity.S1 if severity is not Severity.S1 and found_in(words, rules) else None
