"""What stands above the columns of our tables, coming in and going out: what we write we can also read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.columns import COLUMNS
from dialog.screen import Table
from dialog.talk import Talk
from dialog.words import Label, Words, _, plain
from models.customer import Industry, Region
from models.sheet import SheetKind

CUSTOMER = _("Customer name")
HEADINGS: Mapping[SheetKind, Mapping[str, Label]] = {
    SheetKind.CUSTOMERS: {
        "name": CUSTOMER,
        "grade": _("Customer grade"),
        "industry": _("Industry"),
        "region": _("Region"),
        "owner": _("Owner"),
    },
    SheetKind.CONTACTS: {
        "customer": CUSTOMER,
        "name": _("Contact"),
        "position": _("Position"),
        "phone": _("Phone"),
    },
    SheetKind.ORDERS: {
        "customer": CUSTOMER,
        "number": _("Order number"),
        "day": _("Order date"),
        "amount": _("Amount (yuan)"),
        "family": _("Product family"),
    },
}
_ENUMS: Mapping[str, type[Industry | Region]] = {"industry": Industry, "region": Region}


def heads(words: Words, kind: SheetKind) -> list[str]:
    """Return the header of such a table in a language."""
    return [words.say(HEADINGS[kind][column.name]) for column in COLUMNS[kind]]


def heading(words: Words, kind: SheetKind, column: str) -> str:
    """Return what people call a column."""
    return words.say(HEADINGS[kind][column])


def why(words: Words, kind: SheetKind, wrong: Mapping[str, Any]) -> str:
    """Return in plain words what is wrong with a row, or with a whole file, from its facts."""
    column = heading(words, kind, wrong["column"]) if "column" in wrong else ""
    missing = [heading(words, kind, name) for name in wrong.get("columns", ())]
    facts = {"said": "", "most": 0, "line": 0, "what": "", "heads": []} | dict(wrong)
    facts |= {"column": column, "columns": _listed(words, missing), "allowed": _allowed(words, wrong)}
    return plain(words.render("import/wrong", facts))


def table(talk: Talk, name: Label, titles: list[str], rows: list[list[Any]]) -> Table:
    """Return the rows as a file of today, marked with who asked for it and when."""
    at = talk.now.astimezone(talk.zone)
    mark = talk.say(_("For {person}, {at}. Not to be passed on.", person=talk.person.name, at=f"{at:%Y-%m-%d %H:%M}"))
    return Table(f"{talk.say(name)}-{at:%Y%m%d}-{talk.person.id}", titles, rows, mark)


def local(talk: Talk, at: datetime | None) -> datetime | None:
    """Return a moment as the clock shows it where the reader is, for a cell."""
    return at.astimezone(talk.zone).replace(tzinfo=None, second=0, microsecond=0) if at else None


def _allowed(words: Words, wrong: Mapping[str, Any]) -> str:
    if wrong.get("column") == "grade":
        return words.say(_("A, B or C"))
    enum = _ENUMS.get(str(wrong.get("column")))
    return _listed(words, [words.name(enum(value)) for value in wrong.get("allowed", ())]) if enum else ""


def _listed(words: Words, names: list[str]) -> str:
    return words.say(_(", ")).join(names)
