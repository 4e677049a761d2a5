"""Letters: a customer's person writes to whoever looks after her, and is answered. It leaves notices, never sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, false, select
from sqlalchemy.orm import Session, aliased, joinedload

from crm import attachments, audit, corrections, customers, duty, notices
from crm.attachments import Sent
from crm.permission import require
from models.customer import Customer
from models.letter import Letter
from models.notice import Reason
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem
from models.touch import Touch
from models.visit import Outcome, Visit


class NothingSaid(Problem):
    """A message has words, or something sent along."""


WORTH = 3 * notices.A_DAY
"""How long a letter that could not be delivered is worth delivering."""
ASKS_FOR = timedelta(days=90)
"""How long it asks for an answer; then it belongs to the timeline."""
SOON = timedelta(seconds=10)
"""How long word of a late part waits for more of the album."""


def visible_to(actor: Person) -> Select[Letter]:
    """Return the letters this person may see: a customer's person her own, staff those of customers they may see."""
    if actor.role is Role.CUSTOMER:
        return select(Letter).where(Letter.person_id == actor.id if actor.active else false())
    if not actor.may(Permission.SEE_CUSTOMERS):
        return select(Letter).where(false())
    return select(Letter).where(Letter.customer_id.in_(customers.ids_visible_to(actor)))


def find(session: Session, actor: Person, letter_id: int) -> Letter:
    """Return the letter. Raises NotFound when there is none or it is not the actor's to see."""
    letter = session.scalar(visible_to(actor).where(Letter.id == letter_id))
    if letter is None:
        raise NotFound(what="letter")
    return letter


def before(session: Session, actor: Person, letter: Letter, *, limit: int = 3) -> Sequence[Letter]:
    """Return what the two wrote to each other before this letter, the oldest first."""
    earlier = visible_to(actor).where(Letter.person_id == letter.person_id, Letter.id < letter.id)
    earlier = earlier.options(joinedload(Letter.author)).order_by(Letter.id.desc()).limit(limit)
    return list(reversed(session.scalars(earlier).all()))


def unanswered(actor: Person, *, now: datetime) -> Select[Letter]:
    """Return the query for what customers' people wrote last and nobody took up since, the oldest first.

    An answer takes it up, or a visit or a contact since then, or somebody who says that none is needed; it asks for
    one for 90 days.
    """
    later, since = aliased(Letter), Letter.customer_id
    spoken_last = ~exists().where(later.person_id == Letter.person_id, later.id > Letter.id)
    met = and_(Visit.undone_at.is_(None), Visit.outcome != Outcome.NOBODY)
    visited = exists().where(Visit.customer_id == since, Visit.at > Letter.at, met)
    called = exists().where(Touch.customer_id == since, Touch.at > Letter.at, Touch.undone_at.is_(None))
    open_ = and_(Letter.author_id == Letter.person_id, Letter.settled_at.is_(None), Letter.at > now - ASKS_FOR)
    return visible_to(actor).where(open_, spoken_last, ~visited, ~called).order_by(Letter.at, Letter.id)


def to_answer(session: Session, actor: Person, *, now: datetime) -> Sequence[Letter]:
    """Return those that are the actor's to answer: of her own customers, and of those whose deputy she is."""
    hers = Letter.customer_id.in_(select(Customer.id).where(duty.is_hers(Customer.owner_id, actor)))
    return session.scalars(unanswered(actor, now=now).where(hers).options(joinedload(Letter.author))).all()


def is_open(session: Session, actor: Person, letter: Letter, *, now: datetime) -> bool:
    """Return whether this letter still waits for somebody."""
    return session.scalar(unanswered(actor, now=now).where(Letter.id == letter.id)) is not None


def settle(session: Session, actor: Person, letter_id: int, *, at: datetime) -> Letter:
    """Return the letter, which needs no answer now. Raises NotAllowed, NotFound."""
    require(actor, Permission.EDIT_CUSTOMERS)
    letter = find(session, actor, letter_id)
    if letter.settled_at is None:
        letter.settled_at = at
        audit.note(session, actor, "letter.settled", letter, at, customer=letter.customer_id)
    return letter


def write(session: Session, actor: Person, *, words: str, files: Sequence[Sent] = (), at: datetime) -> Letter:
    """Return the letter of a customer's person; whoever looks after her firm is told.

    Raises NotAllowed, NotFound; NothingSaid when there are neither words nor files.
    """
    require(actor, Permission.REPORT_PROBLEMS)
    if actor.contact is None:
        raise NotFound(what="customer")
    customer = customers.find(session, actor, actor.contact.customer_id)
    letter = _keep(session, actor, customer.id, actor, words, files, at)
    _tell(session, letter, "", at)
    return letter


def answer(
    session: Session, actor: Person, letter_id: int, *, words: str, files: Sequence[Sent] = (), at: datetime
) -> Letter:
    """Return the answer to a letter; the customer's person is told. Raises NotAllowed, NotFound, NothingSaid."""
    require(actor, Permission.EDIT_CUSTOMERS)
    asked = find(session, actor, letter_id)
    letter = _keep(session, actor, asked.customer_id, asked.person, words, files, at)
    _tell(session, letter, "", at)
    return letter


def add(session: Session, actor: Person, letter_id: int, *, words: str = "", at: datetime) -> Letter:
    """Return the actor's own letter, of which a part came late; its words join it.

    Whom it is for sees it once more, without a sound. Raises NotFound.
    """
    letter = _own(session, actor, letter_id)
    letter.words = "\n".join(part for part in (letter.words, words.strip()) if part)
    audit.note(session, actor, "letter.added_to", letter, at)
    _tell(session, letter, ":late", at + SOON, ping=False)
    session.flush()
    return letter


def correct(session: Session, actor: Person, letter_id: int, *, words: str, at: datetime) -> Letter:
    """Return the actor's own letter in other words; those before are kept, and whom it is for is told.

    Raises NotFound, NothingSaid when nothing would be left of it.
    """
    letter, words = _own(session, actor, letter_id), words.strip()
    if not words and not letter.attachments:
        raise NothingSaid
    if words != letter.words:
        corrections.note(session, actor, letter, "words", was=letter.words, became=words, at=at)
        letter.words = words
        _tell(session, letter, f":{at.isoformat()}", at, reason=Reason.CORRECTED)
        session.flush()
    return letter


def address(letter: Letter) -> str:
    """Return the page of this letter."""
    return f"/letters/{letter.id}"


def _own(session: Session, actor: Person, letter_id: int) -> Letter:
    letter = find(session, actor, letter_id)
    if letter.author_id != actor.id:
        raise NotFound(what="letter")
    return letter


def _tell(
    session: Session, letter: Letter, again: str, at: datetime, *, reason: Reason | None = None, ping: bool = True
) -> None:
    """Put it before whom it is for; ``again`` tells a later occasion from the first."""
    owner = letter.customer.owner
    reachable = owner if duty.on_duty(session, owner).reachable else duty.reached_for(session, owner)
    notices.leave(
        session,
        reachable if letter.from_customer else letter.person,
        key=f"letter:{letter.id}{again}",
        address=address(letter),
        reason=reason,
        ping=ping,
        at=at,
        valid_for=WORTH,
    )


def _keep(
    session: Session,
    author: Person,
    customer_id: int,
    person: Person,
    words: str,
    files: Sequence[Sent],
    at: datetime,
) -> Letter:
    if not words.strip() and not files:
        raise NothingSaid
    letter = Letter(customer_id=customer_id, person_id=person.id, author_id=author.id, words=words.strip(), at=at)
    session.add(letter)
    session.flush()
    for sent in files:
        attachments.attach(session, author, sent, letter=letter, at=at)
    audit.note(session, author, "letter.written", letter, at, customer=customer_id, to=person.id)
    return letter
