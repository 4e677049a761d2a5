"""Rows of a sheet beside the file: judging which are new, known or wrong; making what they say; taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crm import audit, customers, spelling
from models.audit import AuditEntry
from models.base import Base
from models.customer import FIRST_LETTERS, Contact, Customer, Grade, Industry, Region
from models.order import Order
from models.person import Person, Role
from models.sheet import SheetKind, Verdict

Given = dict[str, Any]
Wrong = list[dict[str, Any]]
MODELS: Mapping[SheetKind, type[Base]] = {
    SheetKind.CUSTOMERS: Customer,
    SheetKind.CONTACTS: Contact,
    SheetKind.ORDERS: Order,
}

ENDINGS = ("公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
"""What a firm's full name ends in and people leave out."""
_CALLED: Mapping[SheetKind, str] = {
    SheetKind.CUSTOMERS: "customer",
    SheetKind.CONTACTS: "contact",
    SheetKind.ORDERS: "order",
}


@dataclass(frozen=True)
class Judged:
    """What a row says, with the rows of ours it names, and what is to become of it."""

    verdict: Verdict
    given: Given
    wrong: Wrong = field(default_factory=list)
    key: str = ""


def judge(
    session: Session, actor: Person, kind: SheetKind, said: Sequence[tuple[Given, Wrong]], *, today: date
) -> list[Judged]:
    """Return each row judged by what is in the file today, with one look for all of them."""
    look = _JUDGES[kind](session, actor, [given for given, _wrong in said], today)
    return [look(given, list(wrong)) for given, wrong in said]


def make(session: Session, actor: Person, kind: SheetKind, new: Sequence[Given], *, at: datetime) -> list[int]:
    """Make of what new rows say what they stand for, and return the ids. Whether the actor may was asked before.

    All in one flush: added one by one, as people add them, a table would take five times as long.
    """
    made = [_MADE[kind](given) for given in new]
    for one in made:
        one.created_at = at
    session.add_all(made)
    session.flush()
    for one in made:
        audit.note(session, actor, f"{_CALLED[kind]}.added", one, at, imported=True)
    return [one.id for one in made]


def take_back(
    session: Session, actor: Person, kind: SheetKind, made: Mapping[int, Given], *, at: datetime
) -> dict[int, str]:
    """Delete what was made and is as it was; return by id why the others stay: ``changed`` or ``in_use``."""
    model: Any = MODELS[kind]
    there = {one.id: one for one in session.scalars(select(model).where(model.id.in_(made)))}
    in_use = _referred_to(session, model, there)
    touched = _touched(session, model, there)
    stayed = {id_: "changed" for id_, one in there.items() if id_ in touched or not _as_given(one, made[id_])}
    stayed |= dict.fromkeys(in_use - stayed.keys(), "in_use")
    for id_, one in there.items():
        if id_ not in stayed:
            audit.note(session, actor, f"{_CALLED[kind]}.taken_back", one, at)
    session.execute(delete(model).where(model.id.in_(there.keys() - stayed.keys())))
    return stayed


def _customer(given: Given) -> Customer:
    customer = Customer(name=given["name"], search_key=spelling.key_of(given["name"]), owner_id=given["owner_id"])
    customer.grade, customer.industry = Grade(given["grade"]), Industry(given["industry"])
    customer.region = Region(given["region"])
    return customer


def _contact(given: Given) -> Contact:
    words = {name: given[name] for name in ("name", "position", "phone")}
    return Contact(customer_id=given["customer_id"], **words)


def _order(given: Given) -> Order:
    facts = {name: given[name] for name in ("customer_id", "number", "amount", "family")}
    return Order(day=date.fromisoformat(given["day"]), **facts)


_MADE: Mapping[SheetKind, Callable[[Given], Any]] = {
    SheetKind.CUSTOMERS: _customer,
    SheetKind.CONTACTS: _contact,
    SheetKind.ORDERS: _order,
}


def _referred_to(session: Session, model: type[Base], ids: Iterable[int]) -> set[int]:
    """Return which of these rows some other table refers to, whichever tables there are."""
    wanted, own = list(ids), model.__table__.c.id
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_keys if key.column is own]
    found = (session.scalars(select(key.parent).where(key.parent.in_(wanted)).distinct()) for key in keys)
    return {id_ for some in found for id_ in some}


def _touched(session: Session, model: type[Base], ids: Iterable[int]) -> set[int]:
    """Return to which of these rows something was done besides adding and looking at them, by the audit trail."""
    name = model.__tablename__
    objects = {f"{name}:{id_}": id_ for id_ in ids}
    harmless = [*(f"{called}.added" for called in _CALLED.values()), "contact.viewed"]
    done = select(AuditEntry.object).where(AuditEntry.object.in_(objects), AuditEntry.action.not_in(harmless))
    return {objects[object_] for object_ in session.scalars(done.distinct())}


def _as_given(one: Any, given: Given) -> bool:
    now = {name: getattr(one, name) for name in given if hasattr(type(one), name) and name not in {"customer", "owner"}}
    return all((value.isoformat() if isinstance(value, date) else value) == given[name] for name, value in now.items())


# Judging.

Judge = Callable[[Given, Wrong], Judged]


def _customers(session: Session, actor: Person, said: Sequence[Given], _today: date) -> Judge:
    there = _by_name(session, customers.visible_to(actor), [given.get("name", "") for given in said])
    staff = _staff(session) if any("owner" in given for given in said) else {}

    def one(given: Given, wrong: Wrong) -> Judged:
        found = staff.get(folded(given.get("owner", "")), [])
        owner = _only(found, "owner", given, wrong) if "owner" in given else actor.id
        usual = {"grade": Grade.C.value, "industry": Industry.OTHER.value}
        name = given.get("name", "")
        return _judged(usual | given | {"owner_id": owner}, wrong, folded(name), known=folded(name) in there)

    return one


def _contacts(session: Session, actor: Person, said: Sequence[Given], _today: date) -> Judge:
    firms = _by_name(session, customers.visible_to(actor), [given.get("customer", "") for given in said])
    ids = {id_ for same in firms.values() for id_ in same}
    there = select(Contact.customer_id, Contact.name).where(Contact.customer_id.in_(ids))
    known = {(customer_id, folded(name)) for customer_id, name in session.execute(there)}

    def one(given: Given, wrong: Wrong) -> Judged:
        firm, name = _firm(firms, given, wrong), folded(given.get("name", ""))
        told = {"position": "", "phone": ""} | given | {"customer_id": firm}
        return _judged(told, wrong, firm, name, known=(firm, name) in known)

    return one


def _orders(session: Session, actor: Person, said: Sequence[Given], today: date) -> Judge:
    firms = _by_name(session, customers.visible_to(actor), [given.get("customer", "") for given in said])
    ids = {id_ for same in firms.values() for id_ in same}
    there = select(Order.customer_id, Order.number).where(Order.customer_id.in_(ids))
    known = {(customer_id, number) for customer_id, number in session.execute(there)}

    def one(given: Given, wrong: Wrong) -> Judged:
        firm = _firm(firms, given, wrong)
        if given.get("day", "") > today.isoformat():
            wrong.append({"what": "to_come", "column": "day"})
        told = {"family": ""} | given | {"customer_id": firm}
        return _judged(told, wrong, firm, given.get("number"), known=(firm, given.get("number")) in known)

    return one


_JUDGES: Mapping[SheetKind, Callable[[Session, Person, Sequence[Given], date], Judge]] = {
    SheetKind.CUSTOMERS: _customers,
    SheetKind.CONTACTS: _contacts,
    SheetKind.ORDERS: _orders,
}


def _judged(given: Given, wrong: Wrong, *key: object, known: bool) -> Judged:
    if wrong:
        return Judged(Verdict.WRONG, given, wrong)
    digest = blake2b(repr(key).encode(), digest_size=16).hexdigest()
    return Judged(Verdict.KNOWN if known else Verdict.NEW, given, key=digest)


def _firm(firms: Mapping[str, list[int]], given: Given, wrong: Wrong) -> int | None:
    if "customer" not in given:
        return None
    return _only(firms.get(folded(given["customer"]), []), "customer", given, wrong)


def _only(found: Sequence[int], column: str, given: Given, wrong: Wrong) -> int | None:
    """Return the one that is meant; say what is wrong when there is none, or more than one."""
    if len(found) == 1:
        return found[0]
    wrong.append({"what": "unknown" if not found else "several", "column": column, "said": given[column][:60]})
    return None


def folded(name: str) -> str:
    """Return a name without what does not tell firms apart: width, case, spaces; a firm's key begins so."""
    return "".join(spelling.plain_of(name).split())


def _by_name(session: Session, visible: Any, names: Iterable[str]) -> dict[str, list[int]]:
    """Return the ids of the firms of these names, by folded name: of exactly this name, or else in short or in full."""
    forms = {folded(name): _forms(name) for name in names if name}
    written = {form for several in forms.values() for form in several}
    begin = {form[:3] if len(form) > 2 else spelling.key_of(form)[:3] for form in written}
    near = visible.where(FIRST_LETTERS.in_(begin)).with_only_columns(Customer.id, Customer.search_key)
    there: dict[str, list[int]] = {}
    for id_, key in session.execute(near):
        there.setdefault(key.partition(" ")[0], []).append(id_)
    found = {}
    for name, several in forms.items():
        alike = [id_ for form in several for id_ in there.get(form, [])]
        found[name] = there.get(name) or alike
    return {name: ids for name, ids in found.items() if ids}


def _forms(name: str) -> list[str]:
    """Return how this firm may stand in the file, folded: 华东轴承 is short for 华东轴承有限公司."""
    plain, short = folded(name), spelling.core_of(name)
    return [plain, *([plain + ending for ending in ENDINGS] if short == plain else [short] if short else [])]


def _staff(session: Session) -> dict[str, list[int]]:
    """Return the ids of the colleagues by folded name: 李 伟 is 李伟."""
    working = select(Person.id, Person.name).where(Person.role != Role.CUSTOMER, Person.withdrawn_at.is_(None))
    found: dict[str, list[int]] = {}
    for id_, name in session.execute(working):
        found.setdefault(folded(name), []).append(id_)
    return found
