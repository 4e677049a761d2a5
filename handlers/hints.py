"""What a customer's few words sound like, in Chinese and English: a question, thanks, not solved.

Only hints: they put the likeliest button first, and decide nothing. What cannot wait, ``crm.dangers`` tells.
"""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"[?？]|什么时候|啥时候|几时|何时|多久|多长时间|进度|怎么样了|到哪|好了吗|修好没"
    r"|when\b|how long|any news"
)
_NOT_SOLVED = re.compile(
    r"还在|还是|还没|还有|没修好|没解决|没有解决|没好|没用|又(漏|坏|停|响|不|出|开|是)|依旧|仍|老问题|再次"
    r"|still|again|not (fixed|solved)"
)
_PROGRESS = frozenset({"进度", "看进度", "查进度", "查询进度", "处理进度", "progress", "status"})
_SURNAMES = "李王张刘陈杨赵黄周吴徐孙马胡郭何林罗郑梁"
_POLITE = re.compile(
    r"(好的?|行|可以|收到|谢谢|多谢|感谢|谢了|辛苦了?|明白了?|知道了?|没问题|没事了?|不客气|不用谢|嗯+|哦+|您?放心"
    r"|ok|okay|thanks|thank you|thankyou|thx|got it|gotit|[您你们了啊哈呀哦呢啦]"
    rf"|[{_SURNAMES}](工|经理|总|师傅)|👍|🙏|👌|😊|🌹|❤️?)+"
)
_GREETING = frozenset({"你好", "您好", "你们好", "好啊", "在吗"})
_POINTS = re.compile(r"[\s,，.。!！~～、;；…]+")


def asks(text: str) -> bool:
    """Return whether it is a question, such as when it will be done."""
    return bool(_ASKS.search(text))


def not_solved(text: str) -> bool:
    """Return whether something is still, or again, as bad as it was."""
    return bool(_NOT_SOLVED.search(text))


def polite(text: str) -> bool:
    """Return whether it is thanks or consent, and nothing else."""
    words = _POINTS.sub("", text).casefold()
    return words not in _GREETING and _POLITE.fullmatch(words) is not None


def progress(text: str) -> bool:
    """Return whether it asks in a word how things stand."""
    return _POINTS.sub("", text).casefold() in _PROGRESS


def number_alone(text: str) -> int | None:
    """Return the complaint's id when its number is all that was written."""
    found = re.fullmatch(r"c0*(\d{1,9})", _POINTS.sub("", text).casefold())
    return int(found[1]) if found else None


def numbers(text: str) -> frozenset[int]:
    """Return the ids of the complaints whose numbers are mentioned."""
    return frozenset(int(number) for number in re.findall(r"[cC]0*(\d{1,9})(?!\d)", text))


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters, without what stands between words: two texts share some or none."""
    squeezed = re.sub(r"\W+", "", text.casefold())
    return frozenset(squeezed[at : at + 2] for at in range(len(squeezed) - 1))
