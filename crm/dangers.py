"""Dangers: what in a customer's words sounds as if it could not wait (``CMP-04``). It only reads; a human confirms."""

from __future__ import annotations

from crm.rules import Rules
from models.complaint import Danger, Severity


def found_in(words: str, rules: Rules) -> list[Danger]:
    """Return what these words sound like, nothing for most."""
    said = words.casefold()
    return [danger for danger, signs in rules.dangers.items() if any(sign in said for sign in signs)]


def proposed(words: str, severity: Severity, rules: Rules) -> Severity | None:
    """Return the severity these words propose for a complaint of this severity; None when they propose none."""
    return Severity.S1 if severity is not Severity.S1 and found_in(words, rules) else None
