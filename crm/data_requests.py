"""Data requests: a customer's person asks to see, correct or delete her data, or takes her consent back.

They go to the leaders, wait until one of them has settled them, and are never counted among complaints. What can be
done at once is: who takes her consent back is asked nothing more. It leaves notices and never sends.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session, joinedload

from crm import audit, business_time, consent, corrections, customers, duty, notices, once, people
from crm.permission import require
from crm.rules import WORKING_DAY, rules
from models import dialects
from models.customer import Customer
from models.data_request import DataRequest, DataWish, RequestState
from models.notice import Reason
from models.person import Permission, Person, Role
from models.problem import AlreadyDone, NotFound, Problem

FINISH_WITHIN = 15 * WORKING_DAY
"""Business minutes until a request is to be settled (domain 6.1)."""
WORTH = 7 * notices.A_DAY


class AnswerNeeded(Problem):
    """Who refuses a request says why: the law wants it."""


def visible_to(actor: Person) -> Select[DataRequest]:
    """Return the requests this person may see: a customer's person her own, and who leads her firm's owner."""
    if not actor.active:
        return select(DataRequest).where(false())
    if actor.role is Role.CUSTOMER:
        return select(DataRequest).where(DataRequest.person_id == actor.id)
    led = select(Customer.id).join(Customer.owner).where(customers.led_now_by(actor))
    return select(DataRequest).where(DataRequest.customer_id.in_(led))


def find(session: Session, actor: Person, request_id: int) -> DataRequest:
    """Return the request. Raises NotFound when there is none or it is not the actor's to see."""
    request = session.scalar(visible_to(actor).where(DataRequest.id == request_id))
    if request is None:
        raise NotFound(what="request")
    return request


def waiting(session: Session, actor: Person, *, limit: int = 6, offset: int = 0) -> list[DataRequest]:
    """Return the requests nobody has settled, what falls due first."""
    rows = visible_to(actor).where(DataRequest.state == RequestState.OPEN)
    rows = rows.options(joinedload(DataRequest.person), joinedload(DataRequest.customer))
    return list(session.scalars(rows.order_by(DataRequest.due_at, DataRequest.id).limit(limit).offset(offset)))


def count_waiting(session: Session, actor: Person) -> int:
    """Return how many requests nobody has settled."""
    rows = visible_to(actor).where(DataRequest.state == RequestState.OPEN)
    return session.scalars(rows.with_only_columns(func.count())).one()


def file(session: Session, actor: Person, *, wish: DataWish, words: str = "", at: datetime) -> DataRequest:
    """Return the request, with its number and its day; the leaders are told.

    While one of the kind is open there is no second: further words join it. Raises NotAllowed, NotFound.
    """
    require(actor, Permission.REPORT_PROBLEMS)
    if actor.contact is None:
        raise NotFound(what="customer")
    customer = customers.find(session, actor, actor.contact.customer_id)
    due_at = business_time.add(at, FINISH_WITHIN, rules(session))
    same = {"person_id": actor.id, "wish": wish, "state": RequestState.OPEN}
    facts = {"customer_id": customer.id, "words": words.strip(), "at": at, "due_at": due_at, "version": 1, "answer": ""}
    request = dialects.insert_unless_there(session, DataRequest, same | facts)
    if request is None:
        return _joined(session, actor, wish, words, at)
    audit.note(session, actor, "data_request.filed", request, at, wish=wish.value)
    if wish is DataWish.WITHDRAW:
        consent.stop(session, actor, at=at)
    for person in duty.each_once(session, people.leaders_of(session, customer)):
        notices.leave(
            session,
            person,
            key=f"data_request:{request.id}:{person.id}",
            address=address(request),
            reason=Reason.DATA_REQUEST,
            at=at,
            valid_for=WORTH,
        )
    return request


def correct(session: Session, actor: Person, request_id: int, *, words: str, at: datetime) -> DataRequest:
    """Return the actor's own request in other words; those before are kept.

    Raises NotFound, AlreadyDone when it is settled.
    """
    request = find(session, actor, request_id)
    if request.person_id != actor.id:
        raise NotFound(what="request")
    if request.state is not RequestState.OPEN:
        raise AlreadyDone
    if words.strip() != request.words:
        corrections.note(session, actor, request, "words", was=request.words, became=words.strip(), at=at)
        request.words = words.strip()
        session.flush()
    return request


def settle(
    session: Session,
    actor: Person,
    request_id: int,
    *,
    state: RequestState,
    version: int,
    answer: str = "",
    at: datetime,
) -> DataRequest:
    """Return the request, done or refused by a leader; who asked is told. A refusal says why.

    Raises NotFound, NotAllowed, AlreadyDone, AnswerNeeded.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    request = find(session, actor, request_id)
    if state is RequestState.REFUSED and not answer.strip():
        raise AnswerNeeded
    still = DataRequest.state == RequestState.OPEN
    facts = {"state": state, "answer": answer.strip(), "settled_at": at, "settled_by_id": actor.id}
    once.change(session, request, version, still, **facts)
    audit.note(session, actor, f"data_request.{state.value}", request, at)
    key = f"data_request:{request.id}:settled"
    notices.leave(session, request.person, key=key, address=address(request), at=at, valid_for=WORTH)
    return request


def address(request: DataRequest) -> str:
    """Return the page of this request."""
    return f"/requests/{request.id}"


def _joined(session: Session, actor: Person, wish: DataWish, words: str, at: datetime) -> DataRequest:
    mine = visible_to(actor).where(DataRequest.wish == wish, DataRequest.state == RequestState.OPEN)
    request = session.scalars(mine).one()
    if words.strip() and words.strip() not in request.words:
        request.words = "\n".join(part for part in (request.words, words.strip()) if part)
        session.flush()
        audit.note(session, actor, "data_request.added_to", request, at)
    return request
