"""Dangers: what in somebody's words sounds as if it could not wait (``CMP-04``). It only reads; a human confirms.

In doubt it is a danger. Only what is denied right before is none: 没有人受伤 is good news, 没有安全阀 is not.
"""

from __future__ import annotations

import re

from crm.rules import Rules
from models.complaint import Danger, Severity

_NOT = r"(?<![有还尚])(?<!不是)(?<!并非)(?<!差点)(?:没有?|无|未)(?:任何)?(?:发生|出现|造成|引起)?(?:任何)?(?:人员?)?"
_DENIES = re.compile(rf"{_NOT}$|\b(?:no|without|(?:nobody|no one) (?:was|is))(?: any)? $")
_HARMLESS = re.compile(
    rf"{_NOT}安全(?:隐患|问题|事故|风险)"
    r"|(?<![没有无缺少])安全(?:帽|到货|到达|到厂|送达|抵达|第一|起见)"
    r"|(?<![不没])(?:温度?|压力?|都|很|是|一切)安全(?=的?(?:\W|$))"
    r"|漏电(?:保护|开关|断路)"
    r"|\bleak(?:s|ed|ing|age)?(?: of)?(?: some| the)? oil\b|explosion[- ]?proof"
)
"""What has one of the signs in it and is good news, a thing's name, or what any pump may have: it leaks oil."""
_MAY_COME = re.compile(
    r"会|可能|怕|担心|避免|防止|免得|否则|不然|要不|如果|要是|万一|计划|检修|吗|[?？]|\b(?:may|if|will)\b"
)
_NEVER_DENIED = ("安全", "召回", "unsafe", "recall")


def found_in(words: str, rules: Rules) -> list[Danger]:
    """Return what these words sound like, nothing for most."""
    said = _HARMLESS.sub(" ", words.casefold())
    return [danger for danger, signs in rules.dangers.items() if _stands_in(said, signs)]


def cannot_wait(words: str, rules: Rules) -> bool:
    """Return whether somebody may be hurt, something burns, or a line stands still and not only may."""
    said = _HARMLESS.sub(" ", words.casefold())
    sure = [clause for clause in re.split(r"[，。；！,.;!\n]", said) if not _MAY_COME.search(clause)]
    return _stands_in(said, rules.accidents) or any(_stands_in(clause, rules.stops) for clause in sure)


def signs_in(words: str, rules: Rules) -> set[str]:
    """Return the signs of danger these words hold: of one kind there are several, a label and somebody hurt."""
    said = _HARMLESS.sub(" ", words.casefold())
    return {sign for signs in rules.dangers.values() for sign in signs if _said(said, sign)}


def proposed(words: str, severity: Severity, rules: Rules) -> Severity | None:
    """Return the severity these words propose for a complaint of this severity; None when they propose none."""
    return Severity.S1 if severity is not Severity.S1 and found_in(words, rules) else None


def _stands_in(said: str, signs: tuple[str, ...]) -> bool:
    return any(_said(said, sign) for sign in signs)


def _said(said: str, sign: str) -> bool:
    """Whether the sign stands there and is not denied; one in letters begins a word."""
    places = re.finditer(rf"\b{sign}" if sign.isascii() else re.escape(sign), said)
    return any(sign in _NEVER_DENIED or not _DENIES.search(said[: found.start()]) for found in places)
