"""/summary: a period in numbers. Every number leads to a list, every line of a list to its record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict

from crm import complaints, people, summaries, visits
from crm.change import change
from crm.exports import What
from crm.rules import rules
from crm.summaries import Period, Summary
from dialog import chart
from dialog.page import Route, page
from dialog.screen import Button, Link, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.attention import gaps, low_scores, marked, to_answer, to_complaint, waiting
from handlers.complaint import complaint_list
from handlers.exporting import to_export
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.visit import visit_card
from models.customer import Grade
from models.person import Permission, Person
from models.visit import Visit


class Within(TypedDict):
    """The stretch of time of a list."""

    since: datetime
    until: datetime


NAMES = {
    Period.THIS_WEEK: _("This week"),
    Period.LAST_WEEK: _("Last week"),
    Period.MONTH: _("This month"),
    Period.QUARTER: _("This quarter"),
}
MOST_REPS = 15
"""More names than these do not fit below a picture; the list of reps has them all."""
MONDAY = 0
A_MOMENT = timedelta(microseconds=1)


@page("/summary", needs=Permission.SEE_SUMMARY, command="summary", title=_("Summary"))
def summary(talk: Talk, period: Period | None = None, other: bool = False) -> Screen:
    """The period at a glance, with the visits of eight weeks as a picture. On a Monday one asks about last week.

    Its buttons lead to what is behind the numbers, or to ``other`` periods.
    """
    if period is None:
        period = Period.LAST_WEEK if talk.today.weekday() == MONDAY else Period.THIS_WEEK
    found = summaries.summary(talk.session, talk.person, period, now=talk.now)
    reps = found.visits_by_rep if talk.person.is_leader else []
    return Screen(
        "summary/summary",
        picture=_picture(talk, found),
        reps=reps[:MOST_REPS],
        left_out=len(reps[MOST_REPS:]),
        **_facts(talk, found),
        rows=_other_periods(talk, period) if other else _behind(found),
    )


def _behind(found: Summary) -> Rows:
    return [
        [_some(found.visits, _to_visits(found)), _some(_late(found), _to_waiting(found))],
        [
            _some(found.complaints_new, _to_received(found)),
            _some(found.complaints_open, Link(_("📋 Open {count}", count=found.complaints_open), complaint_list)),
            _some(found.complaints_overdue, _to_overdue(found)),
        ],
        [
            _some(found.satisfaction.n, _to_answers(found)),
            Link(_("🗓 Another period"), summary, period=found.period, other=True),
        ],
        [to_home()],
    ]


def _other_periods(talk: Talk, period: Period) -> Rows:
    return [
        *_periods(talk, summary, period),
        [Link(_("❔ How it is counted"), how, period=period), _back(summary, period)],
    ]


@page("/satisfaction", needs=Permission.SEE_SUMMARY, command="satisfaction", title=_("Satisfaction"))
def satisfaction(talk: Talk, period: Period = Period.QUARTER) -> Screen:
    """How satisfied customers are, and what may honestly be said of it."""
    found = summaries.summary(talk.session, talk.person, period, now=talk.now)
    return Screen(
        "summary/satisfaction",
        **_facts(talk, found),
        rows=[
            *_periods(talk, satisfaction, period),
            [_to_answers(found), Link(_("❔ How it is counted"), how, period=period)],
            [Link(_("🙁 Low scores nobody followed up"), low_scores)],
            [to_home()],
        ],
    )


@page("/summary/how", needs=Permission.SEE_SUMMARY)
def how(talk: Talk, period: Period = Period.THIS_WEEK) -> Screen:
    """The formulae with this period's numbers in them, and the way to the rows."""
    found = summaries.summary(talk.session, talk.person, period, now=talk.now)
    return Screen(
        "summary/how",
        gaps=gaps(talk),
        least=rules(talk.session).percent_from,
        **_facts(talk, found),
        rows=[
            [_to_answers(found), _to_visits(found)],
            [_to_waiting(found)],
            [_back(summary, period)],
        ],
    )


@page("/summary/visits", needs=Permission.SEE_SUMMARY)
def visits_made(
    talk: Talk, period: Period = Period.THIS_WEEK, rep: int | None = None, grade: Grade | None = None, page: int = 0
) -> Screen:
    """The visits behind the number: all of the period, one rep's, or those to one grade."""
    by = _rep(talk, rep)
    within = _span(talk, period)

    def read(limit: int, offset: int) -> list[Visit]:
        return visits.between(
            talk.session, talk.person, rep=by, grade=grade, on_site=True, limit=limit, offset=offset, **within
        )

    made, more = leaf(page, read)
    return Screen(
        "summary/visits",
        visits=made,
        rep=by,
        grade=grade,
        **_dates(talk, period),
        rows=[
            *([_to_visit(talk, visit)] for visit in made),
            turning(visits_made, page=page, more=more, period=period, rep=rep, grade=grade),
            [Link(marked(one, here=one is grade), visits_made, period=period, rep=rep, grade=one) for one in Grade],
            [
                Link(_("👥 By rep"), by_rep, period=period) if talk.person.is_leader else None,
                to_export(talk, What.VISITS, period=period) if made and by is None and grade is None else None,
            ],
            [_back(summary, period)],
        ],
    )


@page("/summary/reps", needs=Permission.MANAGE_PEOPLE)
def by_rep(talk: Talk, period: Period = Period.THIS_WEEK, page: int = 0) -> Screen:
    """The reps by name, each with the visits made; it is no ranking (``SUP-05``)."""
    everybody = summaries.summary(talk.session, talk.person, period, now=talk.now).visits_by_rep
    listed, more = leaf(page, lambda limit, offset: everybody[offset : offset + limit])
    return Screen(
        "summary/reps",
        **_dates(talk, period),
        rows=[
            *([Link(f"{brief(rep.name, 30)} · {n}", visits_made, period=period, rep=rep.id)] for rep, n in listed),
            turning(by_rep, page=page, more=more, period=period),
            [_back(summary, period)],
        ],
    )


@page("/summary/complaints", needs=Permission.SEE_SUMMARY)
def complaints_received(talk: Talk, period: Period = Period.THIS_WEEK, page: int = 0) -> Screen:
    """The complaints that came in during the period."""
    within = _span(talk, period)
    found, more = leaf(
        page, lambda limit, offset: complaints.between(talk.session, talk.person, limit=limit, offset=offset, **within)
    )
    return Screen(
        "summary/complaints",
        complaints=found,
        **_dates(talk, period),
        rows=[
            *([to_complaint(one)] for one in found),
            turning(complaints_received, page=page, more=more, period=period),
            [to_export(talk, What.COMPLAINTS, period=period) if found else None, _back(summary, period)],
        ],
    )


@page("/summary/answers", needs=Permission.SEE_SUMMARY)
def answers(talk: Talk, period: Period = Period.THIS_WEEK, page: int = 0) -> Screen:
    """The answers the satisfaction number counts."""
    within = _span(talk, period)
    found, more = leaf(
        page, lambda limit, offset: summaries.answers(talk.session, talk.person, limit=limit, offset=offset, **within)
    )
    return Screen(
        "summary/answers",
        answers=found,
        **_dates(talk, period),
        rows=[
            *([to_answer(one)] for one in found),
            turning(answers, page=page, more=more, period=period),
            [to_export(talk, What.ANSWERS, period=period) if found else None, _back(satisfaction, period)],
        ],
    )


def _facts(talk: Talk, found: Summary) -> dict[str, Any]:
    given = found.satisfaction
    before = {"before": given.previous_satisfied, "n_before": given.previous_n}
    compared = change(given.satisfied, given.n, **before, least=rules(talk.session).percent_from)
    return {"summary": found, "change": compared, **_dates(talk, found.period)}


def _dates(talk: Talk, period: Period) -> dict[str, Any]:
    within = _span(talk, period)
    return {"period": NAMES[period], "first": within["since"], "last": within["until"] - A_MOMENT}


def _span(talk: Talk, period: Period) -> Within:
    since, until = summaries.span(period, talk.now, talk.zone)
    return {"since": since, "until": until}


def _rep(talk: Talk, rep: int | None) -> Person | None:
    """A rep sees the rows behind her own numbers, whatever the address says."""
    if not talk.person.is_leader:
        return talk.person
    return people.find(talk.session, talk.person, rep) if rep is not None else None


def _periods(talk: Talk, route: Route[Any], current: Period) -> Iterable[list[Button]]:
    named = ((period, talk.say(NAMES[period])) for period in Period)
    buttons = (Link(marked(name, here=period is current), route, period=period) for period, name in named)
    return grid(buttons, 2)


def _late(found: Summary) -> int:
    return sum(late for late, _every in found.overdue_by_grade.values())


def _some(count: int, button: Button) -> Button | None:
    """A number that is zero leads nowhere."""
    return button if count else None


def _to_waiting(found: Summary) -> Button:
    return Link(_("⏳ Waiting {count}", count=_late(found)), waiting)


def _to_received(found: Summary) -> Button:
    return Link(_("⚠️ New {count}", count=found.complaints_new), complaints_received, period=found.period)


def _to_overdue(found: Summary) -> Button:
    return Link(_("❗ Overdue {count}", count=found.complaints_overdue), complaint_list, late=True)


def _to_visits(found: Summary) -> Button:
    return Link(_("🗒 Visits {count}", count=found.visits), visits_made, period=found.period)


def _to_answers(found: Summary) -> Button:
    return Link(_("😊 Answers {count}", count=found.satisfaction.n), answers, period=found.period)


def _to_visit(talk: Talk, visit: Visit) -> Button:
    at = visit.at.astimezone(talk.zone)
    when = f"{talk.words.written(at.date(), talk.today)} {at:%H:%M}"
    return Link(f"{when} · {brief(visit.customer.name, 30)}", visit_card, visit.id)


def _back(route: Route[Any], period: Period) -> Button:
    return Link(_("‹ Back"), route, period=period)


def _picture(talk: Talk, found: Summary) -> bytes:
    weeks = [(talk.words.written(monday, talk.today), float(n)) for monday, n in found.weeks]
    return chart.line(
        talk.say(_("Visits per week")), weeks, subtitle=talk.say(_("Weeks from Monday; the last one goes on"))
    )
