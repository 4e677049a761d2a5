"""Formatted text: Telegram's HTML in, plain text with entities out, and back.

Offsets in entities count UTF-16 code units, offsets in complaints count UTF-8 bytes, as Telegram's do.
"""

import re
from html import escape
from typing import Any

from simulator.refusals import Refusal, bad_request

Entity = dict[str, Any]
Formatted = tuple[str, list[Entity]]

TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
HTML_NAMES = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "spoiler": "tg-spoiler",
    "text_link": "a",
    "text_mention": "a",
}
MOST_ENTITIES = 100

_PIECE = re.compile(r"[^<&]+|&(?:(lt|gt|amp|quot)|#(\d+)|#[xX]([0-9a-fA-F]+));?|[<&]")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG_NAME = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_BARE_VALUE = re.compile(r"[A-Za-z0-9.\-]*")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_PERSON = re.compile(r"tg://user\?id=(\d+)")
_CLASS_LANGUAGE = "language-"
_RECOGNISED = re.compile(
    r"(?P<url>https?://[^\s<>\"，。！？；：（）]+|(?<![\w@./])t\.me/[\w?=/\-]+)"
    r"|(?P<email>[\w.+\-]+@[\w\-]+\.[\w.\-]*\w)"
    r"|(?<![\w/])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w+)?)(?![\w/])"
    r"|(?<!\w)(?P<hashtag>#[^\W\d]\w*)"
)


def utf16_length(text: str) -> int:
    """Return how many UTF-16 code units the text takes."""
    return len(text) if text.isascii() else len(text) + len(_ASTRAL.findall(text))


def recognise(text: str) -> list[Entity]:
    """Return the entities that Telegram finds by itself: commands, links, mentions, addresses, hashtags."""
    if not any(sign in text for sign in "/@#."):
        return []
    return [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _RECOGNISED.finditer(text)
    ]


def parse_html(source: str) -> Formatted:
    """Return the text and its entities.

    Raises the refusal that Telegram gives for tags it does not know or that do not match.
    """
    if "<" not in source and "&" not in source:
        return source, []
    return _HtmlParser(source).parse()


class _HtmlParser:
    """Reads the source once from left to right, keeping a stack of open tags."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.length = 0
        self.open: list[tuple[str, Entity]] = []
        self.entities: list[Entity] = []

    def parse(self) -> Formatted:
        while self.at < len(self.source):
            match = _PIECE.match(self.source, self.at)
            piece = match.group() if match else ""
            if piece == "<":
                self._tag()
            else:
                self.at += len(piece)
                self._say(_character(match) if match and piece[0] == "&" else piece)
        if self.open:
            raise bad_entities(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.text), self.entities

    def _say(self, words: str) -> None:
        self.text.append(words)
        self.length += utf16_length(words)

    def _tag(self) -> None:
        start = self.at
        self.at += 1
        if self.source.startswith("/", self.at):
            self._end_tag(start)
        else:
            self._start_tag(start)

    def _start_tag(self, start: int) -> None:
        name = self._take(_TAG_NAME).lower()
        if self.at >= len(self.source):
            raise self._complaint("Unclosed start tag", start)
        if name not in TAGS:
            raise self._complaint(f'Unsupported start tag "{name}"', start)
        attributes = self._attributes(name, start)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._complaint('Tag "span" must have class "tg-spoiler"', start)
        entity: Entity = {"type": TAGS[name], "offset": self.length}
        if name == "a":
            entity["url"] = attributes.get("href", "")
        elif name == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif name == "code" and attributes.get("class", "").startswith(_CLASS_LANGUAGE):
            entity["language"] = attributes["class"].removeprefix(_CLASS_LANGUAGE)
        self.open.append((name, entity))

    def _attributes(self, tag: str, start: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._take(_SPACE)
            if self.at >= len(self.source):
                raise self._complaint("Unclosed start tag", start)
            if self.source[self.at] == ">":
                self.at += 1
                return found
            name = self._take(_ATTRIBUTE_NAME).lower()
            if not name:
                raise self._complaint(f'Empty attribute name in the tag "{tag}"', start)
            self._take(_SPACE)
            found[name] = self._value(tag, start) if self.source.startswith("=", self.at) else ""

    def _value(self, tag: str, start: int) -> str:
        self.at += 1
        self._take(_SPACE)
        if self.at >= len(self.source):
            raise self._complaint(f'Unclosed start tag "{tag}"', start)
        quote = self.source[self.at]
        if quote not in "\"'":
            begin = self.at
            value = self._take(_BARE_VALUE).lower()
            if not self.source.startswith((">", " ", "\n"), self.at):
                raise self._complaint("Unexpected end of name token", begin)
            return value
        end = self.source.find(quote, self.at + 1)
        if end < 0:
            raise self._complaint("Unclosed start tag", start)
        raw = self.source[self.at + 1 : end]
        self.at = end + 1
        return _PIECE.sub(_character, raw)

    def _end_tag(self, start: int) -> None:
        if not self.open:
            raise self._complaint("Unexpected end tag", start)
        self.at += 1
        name = self._take(_TAG_NAME).lower()
        self._take(_SPACE)
        if not self.source.startswith(">", self.at):
            raise self._complaint("Unclosed end tag", start)
        self.at += 1
        expected, entity = self.open.pop()
        if name and name != expected:
            offset = _bytes_before(self.source, start)
            raise bad_entities(
                f'Unmatched end tag at byte offset {offset}, expected "</{expected}>", found "</{name}>"'
            )
        self._close(entity)

    def _close(self, entity: Entity) -> None:
        entity["length"] = self.length - entity["offset"]
        if not entity["length"]:
            return
        if entity["type"] == "text_link" and not self._is_link(entity):
            return
        if entity["type"] == "code" and (language := entity.pop("language", "")) and self._names_block(language):
            return
        self.entities.append(entity)

    def _is_link(self, entity: Entity) -> bool:
        """Tell whether a link leads somewhere; one to a person becomes a mention."""
        words = "".join(self.text).encode("utf-16-le", "surrogatepass")[2 * entity["offset"] :]
        entity["url"] = entity["url"] or words.decode("utf-16-le", "surrogatepass")
        person = _PERSON.fullmatch(entity["url"])
        if person:
            del entity["url"]
            entity |= {"type": "text_mention", "user": {"id": int(person[1]), "is_bot": False, "first_name": ""}}
        return bool(person) or _is_address(entity["url"])

    def _names_block(self, language: str) -> bool:
        """Give the language of `<pre><code class="language-…">` to the block around it."""
        inside_block = bool(self.open) and self.open[-1][0] == "pre"
        if inside_block:
            self.open[-1][1]["language"] = language
        return inside_block

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        taken = match.group() if match else ""
        self.at += len(taken)
        return taken

    def _complaint(self, words: str, position: int) -> Refusal:
        return bad_entities(f"{words} at byte offset {_bytes_before(self.source, position)}")


def bad_entities(words: str) -> Refusal:
    """Return the refusal of a text whose formatting cannot be read."""
    return bad_request(f"can't parse entities: {words}")


def _bytes_before(source: str, position: int) -> int:
    return len(source[:position].encode("utf-8", "surrogatepass"))


def _character(match: re.Match[str]) -> str:
    """Return what an HTML entity stands for; those that Telegram does not know stay as they are."""
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
    return chr(code) if 0 < code < 0x10FFFF else match.group()


def _is_address(url: str) -> bool:
    return bool(re.match(r"(https?|tg|ton|mailto|tel):", url) or re.match(r"[^\s/:]+\.[^\s/:]{2,}", url))


def trim(text: str, entities: list[Entity]) -> Formatted:
    """Return the text without the white space around it, its entities moved and cut to fit."""
    trimmed = text.strip()
    if trimmed == text:
        return text, entities
    shift = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(trimmed)
    fitted = [_fit(entity, shift, end) for entity in entities]
    return trimmed, [entity for entity in fitted if entity["length"] > 0]


def _fit(entity: Entity, shift: int, end: int) -> Entity:
    start = max(entity["offset"] - shift, 0)
    stop = min(entity["offset"] + entity["length"] - shift, end)
    return {**entity, "offset": start, "length": stop - start}


def as_html(text: str, entities: list[Entity]) -> str:
    """Return the HTML that Telegram would parse into this text and these entities."""
    units = text.encode("utf-16-le", "surrogatepass")
    marks: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for entity in entities:
        name = HTML_NAMES.get(entity["type"])
        if name is None:
            continue
        marks.setdefault(entity["offset"], []).append(_opening(name, entity))
        closing.setdefault(entity["offset"] + entity["length"], []).insert(0, f"</{name}>")
    cuts = sorted({0, len(units) // 2, *marks, *closing})
    html = []
    for start, stop in zip(cuts, [*cuts[1:], len(units) // 2], strict=True):
        html += closing.get(start, [])
        html += marks.get(start, [])
        html.append(escape(units[2 * start : 2 * stop].decode("utf-16-le", "surrogatepass")))
    return "".join(html)


def _opening(name: str, entity: Entity) -> str:
    if name == "a":
        address = entity["url"] if "url" in entity else f"tg://user?id={entity['user']['id']}"
        return f'<a href="{escape(address)}">'
    return "<blockquote expandable>" if entity["type"] == "expandable_blockquote" else f"<{name}>"
