"""Spelling: how a firm's name is written, and how people type it. It knows words only, and asks no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, product
from typing import Any

from pypinyin import Style, lazy_pinyin

from crm.firm_words import KINDS_OF_FIRM, PLACES, TRADES

LONGEST = 60
"""Letters of what was typed that are looked at."""
MOST_LETTERS = 18
"""Letters of the pinyin of a name of three characters."""
A_NAME = 12
"""Characters of it that pieces are taken from: a sentence begins with the name it is about."""
FIRM_WORDS = re.compile(r"股份|有限|责任|集团|公司|\(.*?\)|\b(co|ltd|inc|gmbh|company|limited)\b\.?")
KEY_LENGTH = 600


def key_of(name: str) -> str:
    """Return what a customer of this name is found by: the name folded, its initials and its pinyin."""
    plain = plain_of(name)
    initials = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return " ".join([plain, initials, "".join(lazy_pinyin(plain))])[:KEY_LENGTH]


def plain_of(name: str) -> str:
    """Return the name folded and without blanks: what its search key begins with."""
    return fold(name).replace(" ", "")


def core_of(name: str) -> str:
    """Return the name without what every firm's name carries, and without spaces."""
    return re.sub(r"\s", "", FIRM_WORDS.sub("", fold(name)))


def sound_of(core: str) -> str:
    """Return how a name is said, without tones: letters and digits alone."""
    return re.sub(r"\W", "", "".join(lazy_pinyin(core)))


def parts_of(words: str) -> list[str]:
    """Return what was typed, folded, between its spaces."""
    return fold(words)[:LONGEST].split()


def pieces_of(typed: str) -> list[str]:
    """Return three short pieces, spread evenly: a mistake leaves some of them as they are.

    Two characters are telling; of letters it takes more. What every firm's name carries tells nothing.
    """
    typed = core_of(typed) or typed
    if not typed.isascii() or len(typed) <= 4:
        length, span = 2, A_NAME
    else:
        length, span = (3 if len(typed) <= 8 else 4), 2 * A_NAME
    last = max(len(typed[:span]) - length, 0)
    return [typed[at : at + length] for at in sorted({0, last // 2, last})]


def fold(words: str) -> str:
    """Return the words in one case and one width."""
    # PostgreSQL takes no NUL, and a forged address may hold one.
    return unicodedata.normalize("NFKC", words).replace("\0", "").casefold().strip()


@dataclass(frozen=True)
class Heard:
    """A sentence as names are looked for in it: its characters in one case and width, without blanks.

    ``at`` says where in the sentence each of them stands, ``syllables`` the pinyin of each, ``words`` are those written
    in letters, each with where it stands in ``plain``.
    """

    plain: str
    at: tuple[int, ...]
    syllables: tuple[str, ...]
    words: tuple[tuple[str, int], ...]

    def grams(self, length: int) -> list[str]:
        """Return every few characters that follow each other."""
        return sorted({self.plain[at : at + length] for at in range(max(len(self.plain) - length + 1, 0))})

    def initials(self, length: int) -> list[str]:
        """Return how every few characters are begun to be said, n as l."""
        begun = "".join(sound[:1] or "?" for sound in self.sounds)
        return sorted({begun[at : at + length] for at in range(max(len(begun) - length + 1, 0))})

    @property
    def sounds(self) -> list[str]:
        """How each character is said, as far as people tell it apart."""
        return [loosened(one) for one in self.syllables]

    def word_starts(self, length: int) -> list[str]:
        """Return the first characters of every word in letters, and of what follows it."""
        return sorted({self.plain[at : at + length] for _word, at in self.words})

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the sentence these characters begin and end."""
        return self.at[start], self.at[end - 1] + 1


def heard(sentence: str, *, most: int) -> Heard:
    """Return how a sentence is looked through, at most so many characters of it."""
    folded = [(one, at) for at, character in enumerate(sentence) for one in _folded(character)]
    characters = [(one, at) for one, at in folded if not one.isspace()][:most]
    plain = "".join(one for one, _at in characters)
    at = tuple(at for _one, at in characters)
    starts = [(word, start) for start, word in _words_in(sentence)]
    words = tuple((word, at.index(start)) for word, start in starts if start in at)
    return Heard(plain, at, syllables_of(plain), words)


def _folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character).replace("\0", "").casefold()


LETTERS = re.compile(r"[^\W_\u3400-\u9fff]+")


def _words_in(sentence: str) -> list[tuple[int, str]]:
    return [(word.start(), fold(word[0])) for word in LETTERS.finditer(sentence)]


def words_of(name: str) -> list[str]:
    """Return the words of a name in letters."""
    return LETTERS.findall(fold(name))


def own_words_of(name: str) -> list[str]:
    """Return them without what every firm's name carries."""
    return LETTERS.findall(FIRM_WORDS.sub(" ", fold(name)))


def sounds_of(plain: str) -> tuple[str, ...]:
    """Return how each character is said: without tones, and without what many people do not tell apart.

    n is as l, zh as z, ch as c, sh as s, and ng at the end as n.
    """
    return tuple(loosened(one) for one in syllables_of(plain))


def syllables_of(plain: str) -> tuple[str, ...]:
    """Return the pinyin of each character, without tones; anything but a Chinese character stands for itself."""
    return tuple(lazy_pinyin(plain, errors=_one_by_one))


def _one_by_one(others: str) -> Any:
    """What pypinyin makes single syllables of, though it declares a string."""
    return list(others)


def loosened(pinyin: str) -> str:
    """Return syllables without what many people do not tell apart, one or several in a row."""
    return pinyin.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n").replace("n", "l")


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾"
    "夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯庄温牛葛邢安齐倪管颜章鲁庞季"
)
MOST_NAMES = 8000


def names_said(letters: str) -> list[str]:
    """Return the names of people that may be meant by this pinyin: wangfang is 王芳, and 王方, and 汪放."""
    said, written = "".join(letters.split()).casefold(), _written_as()
    if not (said.isascii() and said.isalpha() and 4 <= len(said) <= MOST_LETTERS):
        return []
    syllables = [cut for count in (2, 3) for cut in _cut(said, count)]
    surnamed = (
        [[one for one in written[cut[0]] if one in SURNAMES], *(written[rest] for rest in cut[1:])] for cut in syllables
    )
    return ["".join(name) for name in islice(chain.from_iterable(product(*one) for one in surnamed), MOST_NAMES)]


def homophones(typed: str) -> list[str]:
    """Return what is said like these few characters, as far as people tell it apart."""
    alike: list[list[str]] = [
        [one for said, written in _written_as().items() if loosened(said) == sound for one in written]
        for sound in sounds_of(typed)
    ]
    return ["".join(one) for one in islice(product(*alike), MOST_NAMES)]


def _cut(said: str, count: int) -> list[list[str]]:
    """Return the ways in which letters are so many syllables."""
    if count == 1:
        return [[said]] if said in _written_as() else []
    beginnings = [said[:length] for length in range(1, 7) if said[:length] in _written_as()]
    return [[one, *rest] for one in beginnings for rest in _cut(said[len(one) :], count - 1)]


@cache
def _written_as() -> Mapping[str, Sequence[str]]:
    """Return the common characters by their pinyin."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    written: dict[str, list[str]] = {}
    for character in (row.decode("gb2312", "ignore") for row in rows):
        if character:
            written.setdefault("".join(lazy_pinyin(character)), []).append(character)
    return written


def is_chinese(text: str) -> bool:
    """Return whether there is a Chinese character in the text."""
    return any("\u3400" <= one <= "\u9fff" for one in text)


def brands_in(heard: Heard) -> list[str]:
    """Return the pairs of characters in the sentence that may be a firm's brand: no place, no trade."""
    pairs = heard.grams(2)
    return [pair for pair in pairs if pair not in PLACES and pair not in TRADES and is_chinese(pair)]


SENTENCE = re.compile(
    r"[，。！？；：、!?;…“”\n]|[了我你您他她它们说谈去问吗呢吧呀]|昨天|今天|明天|刚才|刚从|上午|下午|早上|晚上|电话|拜访|回访|报价"
)
_ENGLISH = """
a an and are at but called for from he her i in is it met my of on our she that they this to today tomorrow visited was
we went were with yesterday you
"""
ENGLISH = frozenset(_ENGLISH.split())
MOST_WORDS = 6


def may_be_a_firm(words: str) -> bool:
    """Return whether somebody may have typed the name of a firm: no number, no picture, no sentence."""
    telling = sum(one.isalpha() for one in words)
    if telling < 2 or telling < sum(map(str.isdigit, words)) or SENTENCE.search(words):
        return False
    said = [word.casefold() for word in words.split()]
    return len(words) <= LONGEST and len(said) <= MOST_WORDS and not ENGLISH & set(said)


def is_called_like_a_firm(words: str) -> bool:
    """Return whether this can hardly be anything but the name of a firm: 东海泵业, 包头正阳铸造有限公司, ABC Ltd."""
    core = core_of(words)
    named = core != fold(words).replace(" ", "") or fold(words).endswith(KINDS_OF_FIRM)
    return may_be_a_firm(words) and len(core) > 2 and named
