"""The book of this house: every file in which something can be said or done."""

from __future__ import annotations

from dialog.book import Book
from handlers import (
    attention,
    brief,
    buying,
    calendar,
    card,
    complaint,
    contact,
    contract,
    customer,
    exporting,
    find_customer,
    help,  # noqa: A004 - a file bears the name of its command
    importing,
    invite,
    language,
    menu,
    new_customer,
    open_questions,
    otherwise,
    people,
    place,
    plan,
    pledge,
    privacy,
    profile,
    questionnaire,
    reminder,
    report,
    stranger,
    summary,
    timeline,
    today,
    touch,
    visit,
)

MODULES = (
    menu,
    visit,
    reminder,
    plan,
    today,
    calendar,
    brief,
    card,
    place,
    customer,
    profile,
    contract,
    pledge,
    timeline,
    touch,
    find_customer,
    new_customer,
    contact,
    buying,
    complaint,
    report,
    questionnaire,
    open_questions,
    summary,
    attention,
    people,
    invite,
    help,
    language,
    privacy,
    importing,
    exporting,
    otherwise,
    stranger,
)


def book() -> Book:
    """Return everything there is."""
    return Book.of(MODULES, otherwise=otherwise.otherwise)
