"""/today: what was promised for today, what is left from before, and whom the cadence proposes."""

from __future__ import annotations

from crm import letters, plan
from dialog.page import page
from dialog.screen import Button, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _
from handlers.away import for_whom
from handlers.letter import to_letter
from handlers.menu import to_home
from handlers.paging import ON_A_PAGE, clamped, turning
from handlers.plan import plan_visit, to_proposal
from handlers.pledge import pledges_due
from handlers.reminder import reminder_card
from handlers.visit import log_visit
from models.person import Permission
from models.visit import Reminder


@page("/today", needs=Permission.LOG_VISITS, command="today", title=_("Today"))
def today(talk: Talk, page: int = 0) -> Screen:
    """The plan of today. Each line opens its page, where it is logged, put off or dropped."""
    day = plan.day(talk.session, talk.person, now=talk.now)
    start = clamped(page) * ON_A_PAGE
    written, pledged = letters_to_answer(talk), [line for [line] in pledges_due(talk)]
    promised = [*written, *(to_promise(talk, reminder) for reminder in [*day.due, *day.overdue]), *pledged]
    lines = promised[start : start + ON_A_PAGE]
    left, past = ON_A_PAGE - len(lines), max(start - len(promised), 0)
    proposed = plan.proposals(talk.session, talk.person, now=talk.now, limit=left, offset=past) if left else []
    lines += [to_proposal(one) for one in proposed]
    return Screen(
        "reminder/today",
        day=day,
        pledged=len(pledged),
        written=len(written),
        rows=[
            *([line] for line in lines),
            turning(today, page=page, more=len(promised) + day.proposed > start + ON_A_PAGE),
            [Door(_("📝 Log a visit"), log_visit), Door(_("📅 Plan a visit"), plan_visit)],
            [Go(_("📆 Calendar file"), "/calendar"), to_home()],
        ],
    )


def letters_to_answer(talk: Talk) -> list[Button]:
    """Return a button for each message of a customer's that waits for this rep."""
    return [to_letter(letter) for letter in letters.to_answer(talk.session, talk.person, now=talk.now)]


def to_promise(talk: Talk, reminder: Reminder) -> Link:
    """Return the button that opens a promise."""
    return Link(_line(talk, reminder), reminder_card, reminder.id)


def _line(talk: Talk, reminder: Reminder) -> Label | str:
    name, days = for_whom(talk, reminder.customer, reminder.rep, most=24), (talk.today - reminder.day).days
    if days > 0:
        return _("❗ {name} · planned {day}", name=name, day=talk.words.written(reminder.day, talk.today))
    if reminder.hour:
        return _("🔔 {name} · {hour}", name=name, hour=f"{reminder.hour:%H:%M}")
    return f"🔔 {name}"
