"""The morning card and the evening card, and /cards, where each is switched on or off."""

from __future__ import annotations

from crm import card_rounds, cards, plan
from crm.cards import Card
from crm.rules import rules
from dialog.page import act, page
from dialog.screen import Act, Button, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _, brief
from handlers.menu import to_home
from handlers.plan import to_proposal
from handlers.pledge import pledges_due
from handlers.today import letters_to_answer, to_promise, today
from handlers.visit import log_visit, visit_card
from models.person import Permission
from models.visit import Visit

ON_A_CARD = 6
PROPOSED = 3
"""As many proposals as a rep may well plan in a morning."""
_NAMES = {Card.MORNING: _("☀️ Morning card"), Card.EVENING: _("🌙 Evening card")}


@page("/cards", needs=Permission.LOG_VISITS, command="cards", title=_("Morning and evening card"))
def cards_page(talk: Talk) -> Screen:
    """Which cards come, and when."""
    switches: list[list[Button]] = [
        [Act(_switch(talk, card), switch, card, on=not cards.wants(talk.person, card))] for card in Card
    ]
    looks: list[Button] = [Link(_("☀️ See the morning card"), morning), Link(_("🌙 See the evening card"), evening)]
    hours = {card.value: f"{cards.hours(card, rules(talk.session))[0]:%H:%M}" for card in Card}
    leader = talk.person.is_leader
    choices = [] if leader else [*switches, looks]
    return Screen("card/settings", hours=hours, leader=leader, rows=[*choices, [to_home()]])


@act("/cards/{card}/switch", needs=Permission.LOG_VISITS)
def switch(talk: Talk, card: Card, on: bool) -> Screen:
    """Switch a card on or off."""
    cards.switch(talk.session, talk.person, card, on=on, at=talk.now)
    return cards_page(talk)


@page("/cards/morning", needs=Permission.LOG_VISITS)
def morning(talk: Talk) -> Screen:
    """Today's plan, what is left from before, and a few proposals; each line opens its page."""
    day = plan.day(talk.session, talk.person, now=talk.now)
    written, pledged = letters_to_answer(talk), [line for [line] in pledges_due(talk)]
    lines = [*written, *(to_promise(talk, reminder) for reminder in [*day.due, *day.overdue]), *pledged][:ON_A_CARD]
    room = min(PROPOSED, ON_A_CARD - len(lines))
    proposed = plan.proposals(talk.session, talk.person, now=talk.now, limit=room) if room else []
    return Screen(
        "card/morning",
        day=day,
        pledged=len(pledged),
        written=len(written),
        thread=cards.thread(Card.MORNING, talk.today),
        rows=[
            *([line] for line in lines),
            *([to_proposal(one)] for one in proposed),
            [Door(_("📝 Log a visit"), log_visit), Link(_("📅 Today"), today)],
        ],
    )


@page("/cards/evening", needs=Permission.LOG_VISITS)
def evening(talk: Talk) -> Screen:
    """What I did today, and what is missing."""
    done = card_rounds.evening(talk.session, talk.person, now=talk.now)
    left = [*done.day.due, *done.day.overdue]
    pledged = [line for [line] in pledges_due(talk)]
    lines = [*(_bare(visit) for visit in done.without_note), *(to_promise(talk, one) for one in left), *pledged]
    return Screen(
        "card/evening",
        done=done,
        left=len({reminder.customer_id for reminder in left}),
        owed=len(pledged),
        thread=cards.thread(Card.EVENING, talk.today),
        rows=[
            *([line] for line in lines[:ON_A_CARD]),
            [Door(_("📝 Log a visit"), log_visit), Go(_("📊 My numbers"), "/summary")],
        ],
    )


def _bare(visit: Visit) -> Link:
    return Link(_("✍️ {name} · no note", name=brief(visit.customer.name, 24)), visit_card, visit.id)


def _switch(talk: Talk, card: Card) -> Label:
    name = _NAMES[card]
    return _("{name}: on", name=name) if cards.wants(talk.person, card) else _("{name}: off", name=name)
