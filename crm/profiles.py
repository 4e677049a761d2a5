"""Profiles: what kind of firm a customer is, field by field.

Every change names the version it was decided on, so a button of last month undoes nothing. It never adds a customer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import audit, customers, once
from crm.permission import require
from models import dialects
from models.customer import Customer, Industry, Market, Ownership, Region, Size, Tag, customer_tag
from models.person import Permission, Person
from models.problem import AlreadyDone, NotFound, Problem

FIELDS: Mapping[str, type[StrEnum]] = {
    "market": Market,
    "ownership": Ownership,
    "size": Size,
    "industry": Industry,
    "region": Region,
}
"""What is chosen from a list; the grade has its own verb."""
MOST_TAGS = 10
MOST_TAG = 20
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_LENGTH = 18


class NumberUnfit(Problem):
    """This is not a registration number: a Chinese one has 18 characters and a check character."""


class NumberTaken(Problem):
    """Another customer is registered under this number: the two are probably one firm."""


class TagUnfit(Problem):
    """A tag is a short word, and a customer has a few of them."""


def choose(
    session: Session, actor: Person, customer_id: int, *, field: str, to: StrEnum, version: int, at: datetime
) -> Customer:
    """Return the customer with the field set. Raises NotAllowed, NotFound; AlreadyDone when touched meanwhile."""
    require(actor, Permission.EDIT_CUSTOMERS)
    customer = customers.find(session, actor, customer_id)
    if field not in FIELDS or not isinstance(to, FIELDS[field]):
        raise NotFound(what="field")
    was = getattr(customer, field)
    once.change(session, customer, version, **{field: to})
    audit.note(session, actor, f"customer.{field}", customer, at, was=was.value if was else None, became=to.value)
    return customer


def register(session: Session, actor: Person, customer_id: int, *, number: str, at: datetime) -> Customer:
    """Return the customer with its registration number.

    Raises NotAllowed, NotFound, NumberUnfit; NumberTaken when another customer has it.
    """
    require(actor, Permission.EDIT_CUSTOMERS)
    customer = customers.find(session, actor, customer_id)
    number = registration(number)
    if not number:
        raise NumberUnfit
    same = select(Customer).where(Customer.registration == number, Customer.id != customer.id)
    other = session.scalar(same.limit(1))
    if other is not None:
        raise NumberTaken(customer=other)
    was = customer.registration
    once.change(session, customer, customer.version, registration=number)
    audit.note(session, actor, "customer.registered", customer, at, was=was, became=number)
    return customer


def tag(session: Session, actor: Person, customer_id: int, *, word: str, at: datetime) -> Customer:
    """Return the customer with this tag. Raises NotAllowed, NotFound, TagUnfit."""
    require(actor, Permission.EDIT_CUSTOMERS)
    customer = _held(session, actor, customer_id)
    word = " ".join(word.replace("#", " ").split())
    if not word or len(word) > MOST_TAG or len(customer.tags) >= MOST_TAGS:
        raise TagUnfit(most=MOST_TAG, tags=MOST_TAGS)
    given = dialects.insert_unless_there(session, Tag, {"word": word})
    given = given or session.scalars(select(Tag).where(Tag.word == word)).one()
    if given not in customer.tags:
        customer.tags.append(given)
        _tagged(session, actor, customer, "customer.tagged", given, at)
    return customer


def toggle(session: Session, actor: Person, customer_id: int, tag_id: int, *, version: int, at: datetime) -> Customer:
    """Return the customer with this tag put on or taken off.

    Raises NotAllowed, NotFound, TagUnfit; AlreadyDone when the customer was touched meanwhile.
    """
    require(actor, Permission.EDIT_CUSTOMERS)
    customer = _held(session, actor, customer_id)
    given = session.get(Tag, tag_id)
    if given is None:
        raise NotFound(what="tag")
    if customer.version != version:
        raise AlreadyDone
    if given not in customer.tags:
        return tag(session, actor, customer_id, word=given.word, at=at)
    customer.tags.remove(given)
    _tagged(session, actor, customer, "customer.untagged", given, at)
    return customer


def usual_tags(session: Session, actor: Person, *, limit: int = 12) -> Sequence[Tag]:
    """Return the tags most used among the customers this person may see."""
    mine = select(Tag).join(customer_tag).where(customer_tag.c.customer_id.in_(customers.ids_visible_to(actor)))
    return session.scalars(mine.group_by(Tag.id).order_by(func.count().desc(), Tag.word).limit(limit)).all()


def registration(number: str) -> str:
    """Return the number as it is kept, or nothing when it is none.

    18 characters are a Chinese one, whose last character checks the others (GB 32100-2015); firms abroad have
    shorter ones.
    """
    bare = re.sub(r"[\s\-./]", "", unicodedata.normalize("NFKC", number)).upper()
    if len(bare) == _CODE_LENGTH:
        return bare if set(bare) <= set(_CODE) and check_character(bare[:-1]) == bare[-1] else ""
    return bare if re.fullmatch(r"(?=.*\d)[A-Z0-9]{4,16}", bare) else ""


def check_character(first: str) -> str:
    """Return the 18th character of a credit code from its first 17: weights are powers of 3 modulo 31."""
    total = sum(_CODE.index(character) * pow(3, place, 31) for place, character in enumerate(first))
    return _CODE[(31 - total % 31) % 31]


def _held(session: Session, actor: Person, customer_id: int) -> Customer:
    """Return the customer as it is now; of two who tag it at once the second sees what the first has done."""
    customer = customers.find(session, actor, customer_id)
    customers.lock(session, Customer.id == customer.id)
    return customer


def _tagged(session: Session, actor: Person, customer: Customer, action: str, given: Tag, at: datetime) -> None:
    customer.version += 1
    audit.note(session, actor, action, customer, at, tag=given.id)
    session.flush()
    session.expire(customer, ["tags"])
