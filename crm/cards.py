"""Cards: one message in the morning and one in the evening that tell a rep her day, and are kept true during it.

It decides who gets which and when one has to be shown anew; what stands in it is read when it is sent.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from crm import audit, duty, notices
from crm.local_time import day_of, moment, zone_of
from crm.permission import require
from crm.rules import Rules, rules
from models.notice import Notice, NoticeState
from models.person import Permission, Person, Role


class Card(StrEnum):
    """Which card."""

    MORNING = "morning"
    EVENING = "evening"


def hours(card: Card, rules: Rules) -> tuple[time, time]:
    """Return from when until when the card is sent, by the rep's clock."""
    if card is Card.MORNING:
        return rules.morning_card_at, rules.morning_card_until
    return rules.evening_card_at, rules.evening_card_until


def wants(person: Person, card: Card) -> bool:
    """Return whether this person gets the card: a rep who has not switched it off."""
    on = person.morning_card if card is Card.MORNING else person.evening_card
    return on and person.role is Role.REP


def switch(session: Session, actor: Person, card: Card, *, on: bool, at: datetime) -> None:
    """Switch the actor's own card on or off. Raises NotAllowed."""
    require(actor, Permission.LOG_VISITS)
    if card is Card.MORNING:
        actor.morning_card = on
    else:
        actor.evening_card = on
    session.flush()
    audit.note(session, actor, f"card.{card.value}", actor, at, on=on)


def covers(session: Session, rep: Person, *, now: datetime) -> bool:
    """Return whether today's morning card tells the rep what falls due: it was sent, or is on its way."""
    today = day_of(now, zone_of(rep, rules(session)))
    told = (NoticeState.READY, NoticeState.SENDING, NoticeState.SENT, NoticeState.UNKNOWN)
    card = select(Notice.id).where(Notice.key == key(Card.MORNING, rep.id, today), Notice.state.in_(told))
    return session.scalar(card) is not None


def address(card: Card) -> str:
    """Return the page of this card."""
    return f"/cards/{card.value}"


def thread(card: Card, day: date) -> str:
    """Return the living subject of one day's card: it is edited in place as long as the day lasts."""
    return f"card:{card.value}:{day.isoformat()}"


def key(card: Card, person_id: int, day: date) -> str:
    """Return the occasion: one card of a kind, for a person, on a day."""
    return f"card:{card.value}:{person_id}:{day.isoformat()}"


def refresh(session: Session, person: Person, *, at: datetime) -> None:
    """Leave word, without a sound, that what stands in today's cards has changed. Cards not sent yet need none.

    While the person is away it stands in the cards of whoever does her work.
    """
    person = duty.on_duty(session, person)
    zone = zone_of(person, rules(session))
    today = day_of(at, zone)
    for card in Card:
        if _was_sent(session, card, person, today) and not _refreshing(session, card, person, today):
            notices.leave(
                session,
                person,
                key=f"{key(card, person.id, today)}:{at.astimezone(UTC):%H%M%S%f}",
                address=address(card),
                thread=thread(card, today),
                ping=False,
                personal=True,
                at=at,
                valid_for=moment(today, time(23, 59), zone) - at,
            )


def _was_sent(session: Session, card: Card, person: Person, day: date) -> bool:
    sent = select(Notice.id).where(Notice.key == key(card, person.id, day), Notice.state == NoticeState.SENT)
    return session.scalar(sent) is not None


def _refreshing(session: Session, card: Card, person: Person, day: date) -> bool:
    waiting = exists().where(
        Notice.to_id == person.id, Notice.thread == thread(card, day), Notice.state == NoticeState.READY
    )
    return bool(session.scalar(select(waiting)))
