"""The parameters of one call, wherever they came from: query, form, multipart or JSON."""

import json
from typing import Any

from simulator.files import Upload
from simulator.formatting import MOST_ENTITIES, Formatted, parse_html, recognise, trim
from simulator.refusals import bad_request


class Parameters:
    """What a bot asked for, read as Telegram reads it."""

    __slots__ = ("uploads", "values")

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload] | None = None) -> None:
        self.values = values
        self.uploads = uploads or {}

    def text(self, name: str) -> str:
        """Return a text, empty if it was not given."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number; what is no number counts as the default."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def number(self, name: str) -> float:
        """Return a number; refuses what is none."""
        try:
            return float(self.values.get(name, ""))
        except (TypeError, ValueError):
            raise bad_request(f"{name} is empty") from None

    def flag(self, name: str) -> bool:
        """Return whether it is set."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str, default: Any = None) -> Any:
        """Return the decoded value of a parameter that holds JSON."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def formatted(self, name: str) -> Formatted:
        """Return a text or caption with its entities, trimmed."""
        return read_formatted(
            self.text(name), self.text("parse_mode"), self.json("caption_entities" if name == "caption" else "entities")
        )

    def part(self, values: dict[str, Any]) -> "Parameters":
        """Return the parameters of one element, such as one photo of an album, with the same uploads."""
        return Parameters(values, self.uploads)


def read_formatted(text: str, mode: str, entities: Any) -> Formatted:
    """Return the plain text and its entities; the parse mode wins over given entities."""
    if mode:
        if mode.lower() != "html":
            # The real one reads Markdown too; nothing of this house writes it.
            raise bad_request("unsupported parse_mode")
        text, found = parse_html(text)
    else:
        found = entities or []
    text, found = trim(text, found)
    return text, (found + _apart_from(found, recognise(text)))[:MOST_ENTITIES]


def _apart_from(taken: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the recognised entities that lie outside links and code."""
    closed = [entity for entity in taken if entity["type"] in {"code", "pre", "text_link", "text_mention"}]
    return [entity for entity in found if not any(_overlap(entity, other) for other in closed)]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    starts_before_end = one["offset"] < other["offset"] + other["length"]
    return bool(starts_before_end and other["offset"] < one["offset"] + one["length"])
