"""The timeline of a customer: visits, calls, mails, complaints, answers and messages in one list, newest first."""

from __future__ import annotations

from crm import customers, timeline
from crm.timeline import Entry, Happening
from dialog.page import page
from dialog.screen import Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.customer import customer_card, visits_of
from handlers.paging import leaf, turning
from models.person import Permission

ICONS = {Happening.VISIT: "📍", Happening.COMPLAINT: "⚠️", Happening.ANSWER: "⭐", Happening.LETTER: "✉️"}
ADDRESSES = {
    Happening.VISIT: "/visits/{}",
    Happening.TOUCH: "/touches/{}",
    Happening.COMPLAINT: "/complaints/{}",
    Happening.ANSWER: "/questionnaires/{}",
    Happening.LETTER: "/letters/{}",
}


@page("/customers/{customer_id}/timeline", needs=Permission.SEE_VISITS)
def timeline_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """Everything that passed between us and one customer; each line opens its record."""
    customer = customers.find(talk.session, talk.person, customer_id)
    entries, more = leaf(
        page, lambda limit, offset: timeline.of(talk.session, talk.person, customer, limit=limit, offset=offset)
    )
    return Screen(
        "timeline/list",
        customer=customer,
        entries=entries,
        rows=[
            *[[Go(_line(talk, entry), ADDRESSES[entry.what].format(entry.record.id))] for entry in entries],
            turning(timeline_of, customer_id, page=page, more=more),
            [Link(_("🗒 Visits"), visits_of, customer_id), Link(_("🏭 Customer"), customer_card, customer_id)],
        ],
    )


def _line(talk: Talk, entry: Entry) -> str:
    day = talk.words.written(entry.at.astimezone(talk.zone).date(), talk.today)
    return f"{ICONS.get(entry.what, '')} {day} · {_gist(talk, entry)}".strip()


def _gist(talk: Talk, entry: Entry) -> str:
    record = entry.record
    match entry.what:
        case Happening.VISIT:
            return talk.words.name(record.outcome)
        case Happening.TOUCH:
            return talk.words.name(record.kind)
        case Happening.COMPLAINT:
            return f"{record.number} · {talk.words.name(record.stage)}"
        case Happening.LETTER:
            return brief(record.author.name, 20)
        case Happening.ANSWER:
            return "★" * int(record.score)
