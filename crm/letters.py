"""Letters: a customer's person writes to whoever looks after her, and is answered. It leaves notices, never sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session, joinedload

from crm import attachments, audit, customers, notices
from crm.attachments import Sent
from crm.permission import require
from models.letter import Letter
from models.person import Permission, Person, Role
from models.problem import NotFound, Problem


class NothingSaid(Problem):
    """A message has words, or something sent along."""


WORTH = 3 * notices.A_DAY
"""How long a letter that could not be delivered is worth delivering."""


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


def write(session: Session, actor: Person, *, words: str, files: Sequence[Sent] = (), at: datetime) -> Letter:
    """Return the letter of a customer's person; whoever looks after her firm is told.

    Raises NotAllowed, NotFound; NothingSaid when there are neither words nor files.
    """
    require(actor, Permission.REPORT_PROBLEMS)
    if actor.contact is None:
        raise NotFound(what="customer")
    customer = customers.find(session, actor, actor.contact.customer_id)
    letter = _keep(session, actor, customer.id, actor, words, files, at)
    notices.leave(session, customer.owner, key=f"letter:{letter.id}", address=address(letter), at=at, valid_for=WORTH)
    return letter


def answer(
    session: Session, actor: Person, letter_id: int, *, words: str, files: Sequence[Sent] = (), at: datetime
) -> Letter:
    """Return the answer to a letter; the customer's person is told. Raises NotAllowed, NotFound, NothingSaid."""
    require(actor, Permission.EDIT_CUSTOMERS)
    asked = find(session, actor, letter_id)
    letter = _keep(session, actor, asked.customer_id, asked.person, words, files, at)
    notices.leave(session, asked.person, key=f"letter:{letter.id}", address=address(letter), at=at, valid_for=WORTH)
    return letter


def address(letter: Letter) -> str:
    """Return the page of this letter."""
    return f"/letters/{letter.id}"


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
