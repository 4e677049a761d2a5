"""The rep's plan as a calendar file, for the calendar of her phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from crm import reminders
from dialog.page import page
from dialog.screen import Document, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.today import today
from models.person import Permission
from models.visit import Reminder

MOST = 200
"""As many promises as go into one file, the first due first."""
AN_HOUR = timedelta(hours=1)


@page("/calendar", needs=Permission.LOG_VISITS)
def calendar_file(talk: Talk) -> Screen:
    """Everything that is planned and still open, as a file. Imported again, it changes what it has put there before."""
    planned = reminders.due(talk.session, talk.person, on_or_before=date.max)[:MOST]
    return Screen(
        "reminder/calendar",
        count=len(planned),
        document=Document(f"huifang-{talk.today:%Y-%m-%d}.ics", _calendar(talk, planned)) if planned else None,
        rows=[[Link(_("📅 Today"), today)]],
    )


def _calendar(talk: Talk, planned: Sequence[Reminder]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Huifang//plan//EN")
    calendar.add("version", "2.0")
    for reminder in planned:
        calendar.add_component(_event(talk, reminder))
    return bytes(calendar.to_ical())


def _event(talk: Talk, reminder: Reminder) -> Event:
    """Return one promise: an hour if it has one, else the whole day. Its id stays, its version counts up."""
    event = Event()
    event.add("uid", f"reminder-{reminder.id}@{talk.house.bot_username}")
    event.add("sequence", reminder.version)
    event.add("dtstamp", talk.now)
    event.add("summary", talk.say(_("Visit {name}", name=brief(reminder.customer.name, 60))))
    begins: date | datetime = reminders.begins(reminder) or reminder.day
    event.add("dtstart", begins)
    event.add("dtend", begins + (AN_HOUR if reminder.hour else timedelta(1)))
    if reminder.why:
        event.add("description", brief(reminder.why, 300))
    return event
