"""Reminders: the page that is pushed when one falls due, putting it off, dropping it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from crm import briefs, duty, reminders
from dialog.events import Event, Message, Tap
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import Answer, Frozen, Gone, Heard, Here, Question, Refusal
from dialog.questions import Pick, PickMoment, Words
from dialog.screen import Act, Button, Door, Go, Key, Link, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.customer import to_customer
from handlers.visit import log_visit, visit_card
from models.person import Permission
from models.problem import NotFound
from models.visit import DropReason, Reminder

FROM_A_BUTTON = frozenset({1, 3})
"""By how many days a button may put a reminder off; any other day is picked. Older cards have a button for 3."""
A_YEAR = timedelta(days=366)
MOST_WHY = 300


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
        return f"{brief(row.customer.name, 24)} · {talk.words.written(row.day, talk.today)}"


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
        put_off=False,
        righted=False,
        saved=False,
        begins=(begins := reminders.begins(reminder)),
        rings=reminder.due_at if begins and talk.now < reminder.due_at != begins else None,
        own=reminder.rep_id == talk.person.id,
        rows=[*(_open(talk, reminder) if reminder.open else _settled(reminder)), _customer(talk, reminder)],
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
    until, was = talk.today + timedelta(days), _moment(reminders.find(talk.session, talk.person, reminder_id))
    reminders.snooze(talk.session, talk.person, reminder_id, until=until, version=version, at=talk.now)
    return _put_off(talk, reminder_id, was)


@act("/reminders/{reminder_id}/put_back", needs=Permission.LOG_VISITS)
def put_back(talk: Talk, reminder_id: int, was: str, version: int) -> Screen:
    """Take a put-off back: the reminder is due again when it was."""
    try:
        before = datetime.fromisoformat(was)
    except ValueError:
        raise NotFound from None
    day, hour = before.date(), before.time() if "T" in was else None
    if abs(day - talk.today) > A_YEAR:
        raise NotFound
    reminders.put_back(talk.session, talk.person, reminder_id, day=day, hour=hour, version=version, at=talk.now)
    return reminder_card(talk, reminder_id)


@flow("snooze", _("Put a reminder off"), needs=Permission.LOG_VISITS)
def snooze(talk: Talk) -> Script:
    """Until which day, and which hour if she says so. A reminder settled meanwhile shows that it is."""
    reminder = yield from Pick("reminder", Promises(), _("Reminder"))
    if reminder.open:
        when = yield from PickMoment("day", _("Day"))
        version, at = reminder.version, talk.now
        until, hour, was = when.day, when.hour, _moment(reminder)
        reminders.snooze(talk.session, talk.person, reminder.id, until=until, hour=hour, version=version, at=at)
        return _put_off(talk, reminder.id, was)
    return reminder_card(talk, reminder.id)


class Why(Question[tuple[DropReason, str]]):
    """Why something is not done: one of the reasons by key, or the person's own words."""

    rejection = _("Please tap a reason, or type yours in a few words.")

    def rows(self, here: Here) -> Rows:
        """Return a key for each reason that needs no words."""
        reasons = [reason for reason in DropReason if reason is not DropReason.OTHER]
        return grid((Key(here.talk.words.name(reason), reason.value) for reason in reasons), 2)

    def hear(self, here: Here, event: Event) -> Heard[tuple[DropReason, str]]:
        """Return the reason tapped, or another one in these words."""
        if isinstance(event, Tap):
            tapped = next((reason for reason in DropReason if reason.value == event.data), DropReason.OTHER)
            return Answer((tapped, "")) if tapped is not DropReason.OTHER else Refusal(self.rejection)
        heard = Words(self.name, most=MOST_WHY).hear(here, event)
        if isinstance(heard, Answer):
            return Answer((DropReason.OTHER, heard.value.text))
        return heard if isinstance(event, Message) and event.text else Refusal(self.rejection)

    def freeze(self, value: tuple[DropReason, str]) -> Frozen:
        """Return the reason's word and the words."""
        return [value[0].value, value[1]]

    def thaw(self, talk: Talk, frozen: Frozen) -> tuple[DropReason, str]:  # noqa: ARG002 - the interface
        """Return the reason. Raises Gone for what is none."""
        try:
            reason, words = frozen
            return DropReason(reason), str(words)
        except ValueError:
            raise Gone from None


@flow("drop", _("Drop a reminder"), needs=Permission.LOG_VISITS)
def drop(talk: Talk) -> Script:
    """Why it is not done; the reason is kept."""
    reminder = yield from Pick("reminder", Promises(), _("Reminder"))
    if reminder.open:
        because, words = yield from Why("why")
        version, at = reminder.version, talk.now
        reminders.drop(talk.session, talk.person, reminder.id, because=because, words=words, version=version, at=at)
    return reminder_card(talk, reminder.id)


def saved(talk: Talk, reminder: Reminder) -> Screen:
    """Return the card of what was just planned; opened again, it says so no more."""
    screen = reminder_card(talk, reminder.id)
    screen.facts["saved"] = True
    return screen


def _open(talk: Talk, reminder: Reminder) -> Rows:
    if not duty.does_work_of(talk.session, talk.person, reminder.rep):
        return []
    version = reminder.version
    return [
        [Door(_("📝 Log the visit"), log_visit, customer=reminder.customer_id, reminder=reminder.id)],
        [
            Act(_("✅ Done"), reminder_done, reminder.id, version=version),
            Door(_("🗑 Drop"), drop, reminder=reminder.id),
        ],
        [
            Act(_("Tomorrow"), snooze_by, reminder.id, days=1, version=version),
            Door(_("📅 Pick a day"), snooze, reminder=reminder.id),
        ],
    ]


def _moment(reminder: Reminder) -> str:
    """Return the day, and the hour if she chose one, as an address holds it: ``20260415`` or ``20260415T0930``."""
    return f"{reminder.day:%Y%m%d}" + (f"T{reminder.hour:%H%M}" if reminder.hour else "")


def _put_off(talk: Talk, reminder_id: int, was: str) -> Screen:
    """Return the card that says until when it was put off, with a way back; opened again, it says so no more."""
    screen = reminder_card(talk, reminder_id)
    screen.facts["put_off"] = True
    version = reminders.find(talk.session, talk.person, reminder_id).version
    return screen.with_rows([[Act(_("↩️ Undo"), put_back, reminder_id, was=was, version=version)]])


def _settled(reminder: Reminder) -> Rows:
    kept = reminder.settled_by
    return [[Link(_("📄 The visit"), visit_card, kept.id) if kept and kept.undone_at is None else None]]


def _customer(talk: Talk, reminder: Reminder) -> list[Button]:
    seen = to_customer(talk, reminder.customer_id)
    return [seen, Go(_("🧾 Brief"), f"/customers/{reminder.customer_id}/brief")] if seen else []
