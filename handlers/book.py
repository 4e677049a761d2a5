"""The book of this house: every file in which something can be said or done."""

from __future__ import annotations

from dialog.book import Book
from handlers import (
    access,
    attention,
    buying,
    complaint,
    contact,
    contract,
    correction,
    customer,
    find_customer,
    handover,
    help,  # noqa: A004 - a file bears the name of its command
    invite,
    language,
    letter,
    menu,
    merge,
    new_customer,
    open_questions,
    otherwise,
    people,
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
    correction,
    reminder,
    plan,
    today,
    customer,
    profile,
    access,
    merge,
    handover,
    contract,
    pledge,
    timeline,
    touch,
    letter,
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
    otherwise,
    stranger,
)


def book() -> Book:
    """Return everything there is."""
    return Book.of(MODULES, otherwise=otherwise.otherwise, edited=correction.edited)
