"""Reminders: the page that is pushed when one falls due, putting it off, and /today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from crm import briefs, customers, reminders
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Pick, PickDay
from dialog.screen import Act, Button, Door, Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.customer import customer_card, waiting
from handlers.paging import ON_A_PAGE, clamped, turning
from handlers.pledge import pledges_due
from handlers.visit import log_visit, visit_card
from models.person import Permission
from models.problem import NotFound
from models.visit import Reminder

FROM_A_BUTTON = frozenset({1, 3})
"""By how many days a button may put a reminder off; any other day is picked."""


class Promises:
    """The person's own open reminders, the first due first."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Reminder]:
        """Return those whose customer's name holds the words."""
        listed = reminders.due(talk.session, talk.person, on_or_before=date.max)
        return [promise for promise in listed if words in promise.customer.name][offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Reminder:
        """Return one by its id. Raises NotFound."""
        return reminders.find(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Reminder) -> str:
        """Return the customer's name and the day."""
        return f"{brief(row.customer.name, 24)} · {talk.words.day(row.day, talk.today)}"


@page("/reminders/{reminder_id}", needs=Permission.SEE_VISITS)
def reminder_card(talk: Talk, reminder_id: int) -> Screen:
    """Whom to be in touch with, why, and what was said last."""
    reminder = reminders.find(talk.session, talk.person, reminder_id)
    known = briefs.brief(talk.session, talk.person, reminder.customer, now=talk.now)
    return Screen(
        "reminder/card",
        reminder=reminder,
        brief=known,
        before=reminder.visit if reminder.visit and reminder.visit.undone_at is None else known.last,
        late=(talk.today - reminder.day).days,
        own=reminder.rep_id == talk.person.id,
        rows=[*(_open(talk, reminder) if reminder.open else _settled(reminder)), _customer(reminder)],
    )


@act("/reminders/{reminder_id}/done", needs=Permission.LOG_VISITS)
def reminder_done(talk: Talk, reminder_id: int, version: int) -> Screen:
    """Settle a reminder without a visit."""
    reminders.done(talk.session, talk.person, reminder_id, version=version, at=talk.now)
    return reminder_card(talk, reminder_id)


@act("/reminders/{reminder_id}/snooze", needs=Permission.LOG_VISITS)
def snooze_by(talk: Talk, reminder_id: int, days: int, version: int) -> Screen:
    """Put a reminder off by some days from today."""
    if days not in FROM_A_BUTTON:
        raise NotFound
    until = talk.today + timedelta(days)
    reminders.snooze(talk.session, talk.person, reminder_id, until=until, version=version, at=talk.now)
    return reminder_card(talk, reminder_id)


@flow("snooze", _("Put a reminder off"), needs=Permission.LOG_VISITS)
def snooze(talk: Talk) -> Script:
    """Until which day. A reminder settled meanwhile shows that it is."""
    reminder = yield from Pick("reminder", Promises(), _("Reminder"))
    if reminder.open:
        day = yield from PickDay("day", _("Day"))
        reminders.snooze(talk.session, talk.person, reminder.id, until=day, version=reminder.version, at=talk.now)
    return reminder_card(talk, reminder.id)


@page("/today", needs=Permission.LOG_VISITS, command="today", title=_("☀️ Today"))
def today(talk: Talk, page: int = 0) -> Screen:
    """The promises due today or before, then the customers who wait too long. Each line opens its page."""
    due = reminders.due(talk.session, talk.person, on_or_before=talk.today)
    start = clamped(page) * ON_A_PAGE
    promised = {reminder.customer_id for reminder in due}
    overdue = customers.overdue(talk.session, talk.person, now=talk.now, limit=start + ON_A_PAGE + 1 + len(promised))
    late = [row for row in overdue if row[0].id not in promised]
    by_grade = customers.waiting_by_grade(talk.session, talk.person, now=talk.now)
    pledged = pledges_due(talk)
    lines = [*(_line(talk, reminder) for reminder in due), *pledged, *waiting(late)]
    return Screen(
        "reminder/today",
        due=len(due),
        pledged=len(pledged),
        late=sum(row[1] for row in talk.session.execute(by_grade)) - (len(overdue) - len(late)),
        rows=[
            *lines[start : start + ON_A_PAGE],
            turning(today, page=page, more=len(lines) > start + ON_A_PAGE),
            [Door(_("📝 Log a visit"), log_visit)],
        ],
    )


def _line(talk: Talk, reminder: Reminder) -> list[Link]:
    name, day = brief(reminder.customer.name, 24), talk.words.day(reminder.day, talk.today)
    return [Link(_("🔔 {name} · {day}", name=name, day=day), reminder_card, reminder.id)]


def _open(talk: Talk, reminder: Reminder) -> Rows:
    if reminder.rep_id != talk.person.id:
        return []
    version = reminder.version
    return [
        [Door(_("📝 Log the visit"), log_visit, customer=reminder.customer_id)],
        [Act(_("✅ Done"), reminder_done, reminder.id, version=version)],
        [
            Act(_("Tomorrow"), snooze_by, reminder.id, days=1, version=version),
            Act(_("In 3 days"), snooze_by, reminder.id, days=3, version=version),
            Door(_("📅 Pick a day"), snooze, reminder=reminder.id),
        ],
    ]


def _settled(reminder: Reminder) -> Rows:
    kept = reminder.settled_by
    return [[Link(_("📄 The visit"), visit_card, kept.id) if kept and kept.undone_at is None else None]]


def _customer(reminder: Reminder) -> list[Button]:
    return [Link(_("🏭 Customer"), customer_card, reminder.customer_id)]
