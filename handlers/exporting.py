"""/export: what one may see, as a spreadsheet that stays in one's own chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm import exports, summaries
from crm.exports import What
from crm.rules import rules
from crm.summaries import Period
from dialog.page import act, page
from dialog.screen import Act, Button, Screen, grid
from dialog.talk import Talk
from dialog.words import Label, _
from handlers.headings import CUSTOMER, HEADINGS, heads, local, table
from handlers.menu import to_home
from models.complaint import Complaint
from models.customer import Contact, Customer
from models.person import Permission
from models.questionnaire import Questionnaire
from models.sheet import SheetKind
from models.visit import Visit

NAMES: Mapping[What, Label] = {
    What.CUSTOMERS: _("Customers"),
    What.CONTACTS: _("Contacts"),
    What.VISITS: _("Visits"),
    What.COMPLAINTS: _("Complaints"),
    What.ANSWERS: _("Answers"),
}


@page("/exports", needs=Permission.EXPORT_TABLES, command="export", title=_("Export a table"))
def choose(talk: Talk) -> Screen:
    """What can be taken out."""
    most = None if talk.person.is_leader else rules(talk.session).export_contacts
    return Screen(
        "export/choose", most=most, rows=[*grid((Act(NAMES[what], export, what) for what in What), 2), [to_home()]]
    )


@act("/exports/{what}", needs=Permission.EXPORT_TABLES)
def export(talk: Talk, what: What, customer: int | None = None, period: Period | None = None) -> Screen:
    """Make the table, and note who took what."""
    since, until = summaries.span(period, talk.now, talk.zone) if period else (None, None)
    taken = exports.take(talk.session, talk.person, what, customer_id=customer, since=since, until=until, at=talk.now)
    titles, row = _TABLES[what]
    return Screen(
        "export/table",
        what=NAMES[what],
        shown=len(taken.rows),
        total=taken.total,
        table=table(talk, NAMES[what], titles(talk), [row(talk, one) for one in taken.rows]),
    )


def to_export(talk: Talk, what: What, *, customer: int | None = None, period: Period | None = None) -> Button | None:
    """Return the button that exports a list, for those who may."""
    if not talk.may(Permission.EXPORT_TABLES):
        return None
    return Act(_("⬇️ Excel"), export, what, customer=customer, period=period)


Titles = Callable[[Talk], list[str]]


def _titles(*labels: Label) -> Titles:
    return lambda talk: [talk.say(label) for label in labels]


def _customer(talk: Talk, one: Customer) -> list[Any]:
    name = talk.words.name
    return [one.name, one.grade.value, name(one.industry), name(one.region), one.owner.name]


def _contact(talk: Talk, one: Contact) -> list[Any]:  # noqa: ARG001 - the same in every language
    return [one.customer.name, one.name, one.position, one.phone]


def _visit(talk: Talk, one: Visit) -> list[Any]:
    name = talk.words.name
    said = [one.note, one.next_step, one.next_visit]
    return [one.number, local(talk, one.at), one.customer.name, one.rep.name, name(one.kind), name(one.outcome), *said]


def _complaint(talk: Talk, one: Complaint) -> list[Any]:
    name = talk.words.name
    return [
        one.number,
        local(talk, one.received_at),
        one.customer.name,
        name(one.kind) if one.kind else "",
        one.severity.value,
        name(one.stage),
        one.owner.name if one.owner else "",
        one.words,
        one.remedy,
        local(talk, one.resolved_at),
    ]


def _answer(talk: Talk, one: Questionnaire) -> list[Any]:
    return [local(talk, one.answered_at), one.customer.name, talk.words.name(one.occasion), one.score, one.reason]


_NUMBER, _AT, _REP = _("Number"), _("Time"), _("Rep")
_TABLES: Mapping[What, tuple[Titles, Callable[[Talk, Any], list[Any]]]] = {
    What.CUSTOMERS: (lambda talk: heads(talk.words, SheetKind.CUSTOMERS), _customer),
    What.CONTACTS: (lambda talk: heads(talk.words, SheetKind.CONTACTS), _contact),
    What.VISITS: (
        _titles(_NUMBER, _AT, CUSTOMER, _REP, _("Kind"), _("Outcome"), _("Note"), _("Next step"), _("Next visit")),
        _visit,
    ),
    What.COMPLAINTS: (
        _titles(
            _NUMBER,
            _("Received on"),
            CUSTOMER,
            _("What it is about"),
            _("Severity"),
            _("Stage"),
            HEADINGS[SheetKind.CUSTOMERS]["owner"],
            _("The customer's words"),
            _("Remedy"),
            _("Resolved on"),
        ),
        _complaint,
    ),
    What.ANSWERS: (_titles(_AT, CUSTOMER, _("Occasion"), _("Score"), _("Reason")), _answer),
}
