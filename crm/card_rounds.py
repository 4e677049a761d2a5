"""Card rounds: leaving each rep's card when its hour has come where she lives, on working days, once a day.

Who is away gets none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, exists, literal, select
from sqlalchemy.orm import Session

from crm import business_time, cards, complaints, duty, notices, plan, pledges, touches, visits
from crm.cards import Card
from crm.local_time import day_of, moment, zone_of
from crm.plan import Day
from crm.rules import rules
from models.complaint import Complaint
from models.notice import Notice, NoticeState
from models.person import Person, Role
from models.pledge import Pledge
from models.touch import Touch
from models.visit import Outcome, Visit

MOST_VISITS = 60
"""More visits than these nobody makes in a day."""


@dataclass(frozen=True)
class Evening:
    """A rep's own day, as it was: what she did, and what is missing."""

    visits: Sequence[Visit]
    without_note: Sequence[Visit]
    touches: int
    complaints: int
    day: Day
    pledges: Sequence[Pledge]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.visits or self.touches or self.complaints or self.day.due or self.day.overdue or self.pledges)


def announce_due(session: Session, *, now: datetime, limit: int = 100) -> int:
    """Leave the cards whose hour has come; return how many reps were looked at. An empty card is not sent."""
    looked_at = 0
    for card in Card:
        for zone in _zones(session):
            rep_zone = zone or rules(session).zone
            for rep in _waiting(session, card, zone, rep_zone, now, limit):
                _leave(session, card, rep, now)
                looked_at += 1
    return looked_at


def evening(session: Session, actor: Person, *, now: datetime) -> Evening:
    """Return what the actor did today, and what is missing."""
    zone = zone_of(actor, rules(session))
    today = day_of(now, zone)
    since, until = moment(today, time(0), zone), now + timedelta(microseconds=1)
    made = visits.between(session, actor, since=since, until=until, rep=actor, limit=MOST_VISITS)
    bare = [one for one in made if not one.note and not one.attachments and one.outcome is not Outcome.NOBODY]
    touched = touches.visible_to(actor).where(Touch.person_id == actor.id, Touch.at >= since)
    filed = complaints.visible_to(actor).where(Complaint.filed_by_id == actor.id, Complaint.received_at >= since)
    return Evening(
        made,
        bare,
        len(session.scalars(touched.with_only_columns(Touch.id)).all()),
        len(session.scalars(filed.with_only_columns(Complaint.id)).all()),
        plan.day(session, actor, now=now),
        pledges.due(session, actor, on_or_before=today),
    )


def _zones(session: Session) -> Sequence[str | None]:
    return session.scalars(select(Person.zone).where(Person.role == Role.REP).distinct()).all()


def _waiting(session: Session, card: Card, zone: str | None, there: str, now: datetime, limit: int) -> Sequence[Person]:
    """Return the reps of a zone who want the card and have not got today's, if it is the time for it there."""
    local = now.astimezone(ZoneInfo(there))
    begins, ends = cards.hours(card, rules(session))
    if not begins <= local.time() < ends or not business_time.is_working(local.date(), rules(session)):
        return []
    wanted = Person.morning_card if card is Card.MORNING else Person.evening_card
    occasion = literal(f"card:{card.value}:") + cast(Person.id, String) + literal(f":{local.date().isoformat()}")
    reps = select(Person).where(Person.role == Role.REP, Person.zone.is_not_distinct_from(zone), wanted)
    reps = reps.where(
        Person.withdrawn_at.is_(None), Person.telegram_id.is_not(None), Person.unreachable_since.is_(None)
    )
    reps = reps.where(Person.id.not_in(duty.AWAY))
    return session.scalars(reps.where(~exists().where(Notice.key == occasion)).order_by(Person.id).limit(limit)).all()


def _leave(session: Session, card: Card, rep: Person, now: datetime) -> None:
    zone = zone_of(rep, rules(session))
    today = day_of(now, zone)
    notice = notices.leave(
        session,
        rep,
        key=cards.key(card, rep.id, today),
        address=cards.address(card),
        thread=cards.thread(card, today),
        at=now,
        valid_for=_until(card, today, rep, session) - now,
        personal=True,
    )
    if notice is not None and _empty(session, card, rep, today, now):
        notice.state, notice.settled_at, notice.why = NoticeState.SUPPRESSED, now, "nothing to say"
        session.flush()


def _until(card: Card, today: date, rep: Person, session: Session) -> datetime:
    return moment(today, cards.hours(card, rules(session))[1], zone_of(rep, rules(session)))


def _empty(session: Session, card: Card, rep: Person, today: date, now: datetime) -> bool:
    if card is Card.EVENING:
        return evening(session, rep, now=now).empty
    day = plan.day(session, rep, now=now)
    return not (day.due or day.overdue or day.proposed or pledges.due(session, rep, on_or_before=today))
