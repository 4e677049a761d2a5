"""/plan: a rep plans a visit; and what the cadence of a customer's grade proposes, to be planned or declined."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm import customers, plan, reminders
from crm.plan import Proposal
from dialog import days
from dialog.days import When
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import Here
from dialog.questions import PickMoment, Review, Words, still_to_come
from dialog.screen import Act, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _, brief
from handlers import gathered
from handlers.picking import PickCustomer, looked_for
from handlers.reminder import FROM_A_BUTTON, Why, reminder_card, saved
from handlers.visit import A_YEAR, log_visit
from models.customer import Customer
from models.person import Permission
from models.problem import NotFound

TODAY_TOO = FROM_A_BUTTON | {0}
MOST_WHY = 300


def from_one_line(talk: Talk, text: str) -> Mapping[str, object]:
    """Return what a line such as ``华东轴承 下周三下午3点 谈备件`` says: the customer, the moment, the words."""
    customer, words, rest = looked_for(talk, text)
    known: dict[str, object] = {"customer": customer.id} if customer else {"looking_for": words}
    when, rest = days.leading(rest, talk.said_on())
    if when is None and (day := days.find(rest, talk.said_on())):
        when = days.When(day)
    if when is not None and when.day - talk.today <= A_YEAR:
        to_come = still_to_come(talk, when, text)
        known["day" if to_come else "passed"] = PickMoment("day").freeze(to_come or when)
    return known | ({"why": rest} if rest else {})


@flow(
    "plan",
    _("Plan a visit"),
    needs=Permission.LOG_VISITS,
    command="plan",
    prefill=from_one_line,
    keeps=True,
    keeps_files=False,
)
def plan_visit(talk: Talk) -> Script:
    """Customer, day, and what for if there is something to say."""
    words = str(talk.answers.get("looking_for", ""))
    customer = yield from PickCustomer("customer", _("Customer"), words=words)
    when = yield from PickPlanned("day", _("Day"))
    why = yield from Words("why", _("What about"), most=MOST_WHY, later=True)
    yield from Review("save", note=_becomes_one(talk, customer, when))
    planned = reminders.plan(
        talk.session,
        talk.person,
        customer=customer,
        day=when.day,
        hour=when.hour,
        why=gathered.words(talk, why, cards=True),
        at=talk.now,
    )
    gathered.remember(talk, planned, "why", why.text if why else "")
    return saved(talk, planned)


class PickPlanned(PickMoment):
    """When to go; a moment in the line that has passed is named, for it is not taken."""

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return the month shown, and the moment that has passed."""
        frozen = here.talk.answers.get("passed")
        passed = self.show(here.talk, self.thaw(here.talk, frozen)) if frozen else None
        return {**super().facts(here), "passed": passed}


def _becomes_one(talk: Talk, customer: Customer, when: When) -> Label | None:
    """Return what is said when a visit is planned for that day already: they become one."""
    already = reminders.planned_for(talk.session, talk.person, customer, when.day)
    if already is None or already.hour is None or when.hour in {None, already.hour}:
        return None
    return _("One is planned for {hour} that day already: saved, it is this one.", hour=f"{already.hour:%H:%M}")


@page("/proposals/{customer_id}", needs=Permission.LOG_VISITS)
def proposal_page(talk: Talk, customer_id: int) -> Screen:
    """A customer whose time has come by the cadence of its grade: log, plan with one tap, or say why not."""
    customer = customers.find(talk.session, talk.person, customer_id)
    proposed = plan.proposal(talk.session, customer, now=talk.now)
    return Screen(
        "reminder/proposal",
        proposal=proposed,
        rows=[
            [Door(_("📝 Log a visit"), log_visit, customer=customer_id)],
            [
                Act(_("📅 Plan for today"), plan_it, customer_id, days=0),
                Act(_("📅 Tomorrow"), plan_it, customer_id, days=1),
            ],
            [
                Door(_("📅 Pick a day"), plan_visit, customer=customer_id),
                Door(_("🗑 Not now"), decline, customer=customer_id),
            ],
            [Go(_("🧾 Brief"), f"/customers/{customer_id}/brief"), Go(_("🏭 Customer"), f"/customers/{customer_id}")],
        ],
    )


@act("/proposals/{customer_id}/plan", needs=Permission.LOG_VISITS)
def plan_it(talk: Talk, customer_id: int, days: int) -> Screen:
    """Make a proposal a promise. A second tap finds the same promise."""
    if days not in TODAY_TOO:
        raise NotFound
    customer = customers.find(talk.session, talk.person, customer_id)
    day = talk.today + timedelta(days)
    return saved(talk, reminders.plan(talk.session, talk.person, customer=customer, day=day, at=talk.now))


@flow("decline", _("Decline a proposal"), needs=Permission.LOG_VISITS)
def decline(talk: Talk) -> Script:
    """Why it is not planned; the reason is kept, and it is not proposed again for a while."""
    customer = yield from PickCustomer("customer", _("Customer"))
    because, words = yield from Why("why")
    dropped = plan.decline(talk.session, talk.person, customer=customer, because=because, words=words, at=talk.now)
    return reminder_card(talk, dropped.id)


def to_proposal(proposed: Proposal) -> Link:
    """Return the button that opens a proposal."""
    return Link(_line(proposed), proposal_page, proposed.customer.id)


def _line(proposed: Proposal) -> Label:
    facts = {"name": brief(proposed.customer.name, 24), "grade": proposed.customer.grade.value}
    if proposed.need is plan.Need.CONTACT:
        return _("☎️ Be in touch · {grade} {name}", **facts)
    if proposed.over > 0:
        return _("⏳ {days} days over · {grade} {name}", days=proposed.over, **facts)
    return _("⏳ Visit due · {grade} {name}", **facts)
