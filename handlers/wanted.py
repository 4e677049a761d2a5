"""What a colleague's sentence plainly asks for beside a visit, in Chinese and English.

Only hints: they put the likeliest button first, and decide nothing.
"""

from __future__ import annotations

import re

from dialog import days
from dialog.days import When
from dialog.talk import Talk
from handlers.visit import A_YEAR

_COMPLAINS = re.compile(r"(?<!处理)(?<!解决)(?<!关于)(?<!没有)(?<![无没])投诉|抱怨|\bcomplain", re.IGNORECASE)
_PROMISED = re.compile(r"(?:^|[，。；,;\s]|我们?|已经?)(?:答应|承诺|保证)|\b(?:I|we) promised\b", re.IGNORECASE)
_PUTS_OFF = re.compile(r"推迟|延后|延期|改到|改期|挪到|\bpostpone|\bput off\b", re.IGNORECASE)
_TO_GO = re.compile(
    r"去|到(?![货付期位账])|拜访|走访|回访|见面|约|上门|推迟|改到|\b(?:visit|meet|go to|see)\b", re.IGNORECASE
)
_DONE = re.compile(r"[了过]|刚|已经|\b(?:visited|met|went|saw)\b", re.IGNORECASE)
_SIGNED = re.compile(
    r"签[^，。,;；]{0,10}(?:合同|协议)|合同[^，。,;；]{0,4}签|\bsigned\b.{0,30}(?:contract|agreement)", re.IGNORECASE
)


def complains(words: str) -> bool:
    """Return whether somebody complains of something, and it is not settled."""
    return bool(_COMPLAINS.search(words))


def promised(words: str) -> bool:
    """Return whether the writer promised something."""
    return bool(_PROMISED.search(words))


def puts_off(words: str) -> bool:
    """Return whether something is to be another day."""
    return bool(_PUTS_OFF.search(words))


def signed(words: str) -> bool:
    """Return whether a contract was signed."""
    return bool(_SIGNED.search(words))


def to_go(talk: Talk, words: str) -> bool:
    """Return whether somebody means to go there: the words name a day or an hour to come, and nothing that was done."""
    when = moment_in(talk, words) if _TO_GO.search(words) and not _DONE.search(words) else None
    return when is not None and (when.day > talk.today or when.hour is not None)


def moment_in(talk: Talk, words: str) -> When | None:
    """Return the moment the words begin with, or the day they name; at most a year away."""
    when, _rest = days.leading(words, talk.today)
    day = days.find(words, talk.today)
    when = when or (When(day) if day else None)
    return when if when and talk.today <= when.day <= talk.today + A_YEAR else None
