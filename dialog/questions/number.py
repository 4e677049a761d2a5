"""Numbers and money, typed."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation, Overflow

from dialog.events import Event, Message
from dialog.question import Answer, Frozen, Gone, Heard, Here, Question, Refusal
from dialog.talk import Talk
from dialog.words import Label, _

_UNITS = {"万": 10_000, "w": 10_000, "k": 1_000, "千": 1_000, "亿": 100_000_000}


class Number(Question[int]):
    """A whole number from ``low`` to ``high``."""

    def __init__(
        self, name: str, label: Label | None = None, *, low: int = 0, high: int = 10**9, optional: bool = False
    ) -> None:
        super().__init__(name, label, optional=optional)
        self.low = low
        self.high = high
        self.rejection = _("Please type a whole number from {low} to {high}.", low=low, high=high)

    def hear(self, here: Here, event: Event) -> Heard[int]:  # noqa: ARG002 - numbers need no language
        """Return the number typed."""
        number = amount(event.text) if isinstance(event, Message) else None
        if number is None or number != int(number) or not self.low <= number <= self.high:
            return Refusal(self.rejection)
        return Answer(int(number))

    def thaw(self, talk: Talk, frozen: Frozen) -> int:  # noqa: ARG002 - the interface
        """Return the number."""
        try:
            return int(frozen)
        except (TypeError, ValueError):
            raise Gone from None


class Money(Question[Decimal]):
    """An amount of money in yuan, to the fen; ``3.5万`` is understood."""

    rejection = _("Please type an amount in yuan, such as 1280.50 or 3.5万.")

    def hear(self, here: Here, event: Event) -> Heard[Decimal]:  # noqa: ARG002 - numbers need no language
        """Return the amount typed."""
        number = _in_fen(amount(event.text)) if isinstance(event, Message) else None
        return Refusal(self.rejection) if number is None else Answer(number)

    def freeze(self, value: Decimal) -> Frozen:
        """Return the amount as text, exact."""
        return str(value)

    def thaw(self, talk: Talk, frozen: Frozen) -> Decimal:  # noqa: ARG002 - the interface
        """Return the amount. Raises Gone for what is none: an address can be forged."""
        value = _in_fen(amount(str(frozen)))
        if value is None:
            raise Gone
        return value

    def show(self, talk: Talk, value: Decimal) -> str:  # noqa: ARG002 - the sign is the same everywhere
        """Return the amount with its sign and separators."""
        return f"¥{value:,.2f}"


_WRITTEN = re.compile(
    r"(?<![\w.,-])(?:[¥$]?\d[\d,]*(?:\.\d+)?\s?[万千亿kw]元?|[¥$]\d[\d,.]*|\d[\d,]*(?:\.\d+)?\s?元)(?![\w.-]*\d)",
    re.IGNORECASE,
)


def amount_in(text: str) -> tuple[Decimal | None, str]:
    """Return the amount a line names, which bears a unit or a sign (30万, ¥1280.50, 500元), and the line without it."""
    written = unicodedata.normalize("NFKC", text)
    match = _WRITTEN.search(written)
    found = _in_fen(amount(match[0])) if match else None
    if match is None or found is None:
        return None, text
    rest = text if len(text) == len(written) else written
    return found, f"{rest[: match.start()]} {rest[match.end() :]}"


def amount(text: str) -> Decimal | None:
    """Return the number a person wrote (full-width digits, separators, 万 and k allowed), or None."""
    bare = unicodedata.normalize("NFKC", text).strip().lower().lstrip("¥$").rstrip("元").replace(",", "").strip()
    unit = _UNITS.get(bare[-1:], 1)
    try:
        number = Decimal(bare[:-1].strip() if unit != 1 else bare) * unit
    except (InvalidOperation, Overflow):
        return None
    return number if number.is_finite() else None


def _in_fen(number: Decimal | None) -> Decimal | None:
    """Return an amount that is whole in fen and not beyond all measure, or None."""
    sensible = number is not None and 0 <= number < 10**12 and number == round(number, 2)
    return round(number, 2) if number is not None and sensible else None
