"""Words: templates and catalogues, and the ways a language writes days and numbers.

English sentences are the keys. A ``Label`` is such a sentence, marked where it stands in the code and
translated when it is shown. Templates escape everything and refuse names they were not given.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context

from models.attachment import FileKind

LANGUAGES = ("zh_CN", "en")
_MONDAY = date(2024, 1, 1)


class Label(str):
    """An English sentence to be translated when it is shown, with the facts it mentions."""

    __slots__ = ("facts",)
    facts: dict[str, Any]

    def __new__(cls, sentence: str, **facts: Any) -> Self:
        """Return the sentence, remembering its facts."""
        label = super().__new__(cls, sentence)
        label.facts = facts
        return label


_ = Label


class Words:
    """One language: its catalogue, its templates, its dates. Safe to share between threads."""

    def __init__(self, language: str, folder: Path, names: Iterable[tuple[StrEnum, Label]]) -> None:
        self.language = language
        self._locale = Locale.parse(language)  # given the name alone, babel searches its thousand locales each time
        self._weekdays = [str(format_date(_MONDAY + timedelta(n), "EEE", self._locale)) for n in range(7)]
        self._catalogue = _catalogue(language, folder)
        self._names = {(type(member), member): label for member, label in names}
        self._templates = self._environment(folder)

    def render(self, template: str, facts: Mapping[str, Any]) -> str:
        """Return the template's words as Telegram HTML. Raises jinja2 errors for a missing fact or template."""
        text = self._templates.get_template(f"{template}.html").render(facts)
        return _squeeze(text)

    def say(self, label: str) -> str:
        """Return a label's sentence in this language; other text is returned as it is."""
        if not isinstance(label, Label):
            return label
        sentence = self._catalogue.gettext(str(label))
        return sentence.format(**{key: self.say(v) if isinstance(v, str) else v for key, v in label.facts.items()})

    def name(self, member: StrEnum) -> str:
        """Return what people call an enum's member."""
        return self.say(self._names[type(member), member])

    def kinds(self, files: Iterable[Any]) -> str:
        """Return how many files of which kind there are: 🎤 语音 1 · 📷 照片 2."""
        counted = Counter(file.kind for file in files)
        return " · ".join(self.say(Label(_KINDS[kind], count=counted[kind])) for kind in _KINDS if counted[kind])

    def has(self, template: str) -> bool:
        """Return whether there is such a template."""
        return f"{template}.html" in _template_names(self._templates)

    def broken(self) -> dict[str, str]:
        """Return the templates that cannot be read, each with the reason. Reads them all."""
        return {name: why for name in sorted(_template_names(self._templates)) if (why := self._why_broken(name))}

    def _why_broken(self, name: str) -> str:
        try:
            self._templates.get_template(name)
        except (TemplateError, UnicodeDecodeError) as error:
            return str(error)
        return ""

    def day(self, day: date, today: date) -> str:
        """Return a day as people say it, such as ``下周三 12月2日`` or ``next Wed 2 Dec``."""
        written = self.written(day, today)
        near = _nearness(day, today)
        if near is None:
            return f"{self._weekday(day)} {written}" if self.language == "en" else f"{written} {self._weekday(day)}"
        word = self.say(Label(_NEAR[near], weekday=self._weekday(day)))
        return f"{word} {written}"

    def written(self, day: date, today: date) -> str:
        """Return a day as it stands in a calendar: ``12月2日``, ``2 Dec``, with the year when it is another one."""
        far = day.year != today.year
        if self.language == "en":
            return f"{day.day} {format_date(day, 'MMM', self._locale)}" + (f" {day.year}" if far else "")
        return (f"{day.year}年" if far else "") + f"{day.month}月{day.day}日"

    def _weekday(self, day: date) -> str:
        return self._weekdays[day.weekday()]

    def month(self, day: date) -> str:
        """Return the month's name with its year."""
        return str(format_date(day, "LLLL y" if self.language == "en" else "y年M月", self._locale))

    def weekdays(self) -> list[str]:
        """Return the seven short names of weekdays, Monday first."""
        return [str(format_date(_MONDAY + timedelta(n), "EEEEE", self._locale)) for n in range(7)]

    def _environment(self, folder: Path) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            auto_reload=False,
            cache_size=-1,
        )
        environment.install_gettext_translations(self._catalogue, newstyle=True)  # type: ignore[attr-defined]
        environment.filters.update(self._filters())
        return environment

    def _filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "name": self.name,
            "say": self.say,
            "kinds": self.kinds,
            "brief": brief,
            "line": lambda text, most: brief(" ".join(str(text).split()), most),
            "percent": lambda share: f"{share * 100:.0f}%",
            "day": pass_context(partial(self._day)),
            "date": pass_context(partial(self._date)),
            "moment": pass_context(partial(self._moment)),
            "when": pass_context(partial(self._when)),
            "clock": pass_context(lambda context, at: _local(context, at).strftime("%H:%M")),
        }

    def _day(self, context: Context, value: date | datetime) -> str:
        local = _local(context, value).date() if isinstance(value, datetime) else value
        return self.day(local, _local(context, context["now"]).date())

    def _date(self, context: Context, value: date | datetime) -> str:
        return self.written(_local(context, value).date(), _local(context, context["now"]).date())

    def _moment(self, context: Context, value: datetime) -> str:
        """A day and a time in a sentence: ``今天 14:00``, ``下周五 12月4日 16:57``."""
        day = self.say(_NEAR["today"]) if _is_today(context, value) else self._day(context, value)
        return f"{day} {_local(context, value):%H:%M}"

    def _when(self, context: Context, value: datetime) -> str:
        """When something happened, in a list: ``14:00`` today, ``12月4日 16:57`` before."""
        day = "" if _is_today(context, value) else f"{self._date(context, value)} "
        return f"{day}{_local(context, value):%H:%M}"


def brief(text: str, most: int = 300) -> str:
    """Return the text cut to ``most`` characters as Telegram counts them; an ellipsis says that some are missing."""
    text = str(text).strip()
    return text if _fitting(text, most) == len(text) else text[: _fitting(text, most - 1)].rstrip() + "…"


def _fitting(text: str, most: int) -> int:
    """Return how many characters of the text fit into so many as Telegram counts them: most emoji are two."""
    if 2 * len(text) <= most:
        return len(text)
    ends = accumulate(1 + (ord(character) > 0xFFFF) for character in text[:most])
    return sum(end <= most for end in ends)


def plain(text: str) -> str:
    """Return Telegram HTML without its tags and entities."""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def width(text: str) -> int:
    """Return how long Telegram finds the text: UTF-16 units after its tags are taken away."""
    return len(plain(text).encode("utf-16-le")) // 2


def closest_language(code: str | None, otherwise: str) -> str:
    """Return our language for a Telegram language code such as ``zh-hans``."""
    if not code:
        return otherwise
    return "zh_CN" if code.lower().startswith("zh") else "en"


_KINDS = {
    FileKind.VOICE: _("🎤 Voice {count}"),
    FileKind.PHOTO: _("📷 Photos {count}"),
    FileKind.VIDEO: _("🎬 Video {count}"),
    FileKind.DOCUMENT: _("📎 Files {count}"),
}
_NEAR = {
    "today": _("today"),
    "tomorrow": _("tomorrow"),
    "yesterday": _("yesterday"),
    "after_tomorrow": _("the day after tomorrow"),
    "this_week": _("this {weekday}"),
    "next_week": _("next {weekday}"),
}


def _nearness(day: date, today: date) -> str | None:
    away = (day - today).days
    if away in _BY_DISTANCE:
        return _BY_DISTANCE[away]
    monday = today - timedelta(today.weekday())
    weeks = (day - monday).days // 7
    if weeks == 0 and away > 0:
        return "this_week"
    return "next_week" if weeks == 1 else None


_BY_DISTANCE = {0: "today", 1: "tomorrow", -1: "yesterday", 2: "after_tomorrow"}


def _is_today(context: Context, value: datetime) -> bool:
    return _local(context, value).date() == _local(context, context["now"]).date()


def _local(context: Context, value: date | datetime) -> datetime:
    zone: ZoneInfo = context["zone"]
    if isinstance(value, datetime):
        return value.astimezone(zone)
    return datetime(value.year, value.month, value.day, tzinfo=zone)


def _catalogue(language: str, folder: Path) -> NullTranslations:
    """Return the language's catalogue, read from its ``.po`` files: nothing compiled has to be kept in step."""
    translations = NullTranslations()
    sentences: dict[tuple[str, Any] | str, str] = {}
    for file in sorted((folder / "locale" / language).glob("*.po")):
        sentences |= _sentences(file, language)
    if sentences:
        translations = Translations()
        translations._catalog = sentences  # noqa: SLF001 - gettext has no other door
    return translations


def _sentences(file: Path, language: str) -> dict[tuple[str, Any] | str, str]:
    with file.open("rb") as lines:
        catalogue = read_po(lines, locale=language)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }


@cache
def _template_names(environment: Environment) -> frozenset[str]:
    return frozenset(environment.list_templates(extensions=["html"]))


def _squeeze(text: str) -> str:
    """Tidy what templates leave: no trailing blanks, never two empty lines."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def clean(text: str, *, line: bool = False) -> str:
    """Return the text without what no table or screen can hold: control characters, lone surrogates, bidi overrides.

    A text in which there is nothing to see, such as a zero-width space, is none.
    """
    kept = "".join(character for character in text.replace("\t", " ") if character == "\n" or _shows(character))
    if not any(map(_is_seen, kept)):
        return ""
    return " ".join(kept.split()) if line else kept.strip()


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ" and character not in _BLANK


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in _BIDI


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufe0e\ufe0f")
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
