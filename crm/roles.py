"""Roles: what a person is to the department, given or taken away by somebody else. An administrator always stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from crm import audit, customers, handover, people
from crm.permission import require
from models.customer import Access
from models.person import Permission, Person, Role
from models.problem import NotAllowed, NotTheirLeader, Problem


class LastAdmin(Problem):
    """The only administrator cannot be withdrawn or given another role."""


class NotOneself(Problem):
    """Nobody withdraws herself or changes her own role."""


def may_manage(actor: Person, person: Person) -> bool:
    """Return whether the actor decides about this person: somebody else whom she leads, or who belongs to a customer
    of whom she leads. About an administrator only another one decides.
    """
    staff = person.contact.customer.owner if person.role is Role.CUSTOMER and person.contact else person
    own_kind = person.role is not Role.ADMIN or actor.role is Role.ADMIN
    return actor.id != person.id and customers.leads(actor, staff) and own_kind


def find(session: Session, actor: Person, person_id: int) -> Person:
    """Return the person, about whom the actor decides. Raises NotAllowed, NotOneself, NotFound."""
    require(actor, Permission.MANAGE_PEOPLE)
    if person_id == actor.id:
        raise NotOneself
    person = people.find(session, actor, person_id)
    if not may_manage(actor, person):
        raise NotTheirLeader(led=person)
    return person


def change_role(session: Session, actor: Person, person_id: int, *, role: Role, at: datetime) -> Person:
    """Return the person with her new role. Raises NotAllowed, NotOneself, LastAdmin, NotFound."""
    person = find(session, actor, person_id)
    keep_an_admin(session, person, role)
    if Role.CUSTOMER in {role, person.role} or (role is Role.ADMIN and actor.role is not Role.ADMIN):
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)  # a customer's person comes in by her own invitation
    was, person.role = person.role, role
    audit.note(session, actor, "person.role_changed", person, at, was=was.value, became=role.value)
    session.flush()
    handover.give_back(session, person)
    return person


def withdraw(session: Session, actor: Person, person_id: int, *, at: datetime) -> Person:
    """Return the person, who may no longer use the bot; what she looked after is the actor's now (``CMP-21``).

    What she was granted to see is granted no more, should she come back.
    Raises NotAllowed, NotOneself, LastAdmin, NotFound.
    """
    person = find(session, actor, person_id)
    keep_an_admin(session, person, None)
    handover.hold(session, person)
    if person.withdrawn_at is None:
        person.withdrawn_at = at
        if person.role is not Role.CUSTOMER:  # what waits for a customer is nobody else's to read
            handover.pass_on(session, person, actor)
        session.execute(delete(Access).where(Access.person_id == person.id))
        audit.note(session, actor, "person.withdrawn", person, at)
        session.flush()
    return person


def keep_an_admin(session: Session, person: Person, becomes: Role | None) -> None:
    """Return quietly unless she is the only administrator and becomes something else, or nothing. Raises LastAdmin."""
    if person.role is not Role.ADMIN or not person.active or becomes is Role.ADMIN:
        return
    others = and_(Person.role == Role.ADMIN, Person.withdrawn_at.is_(None), Person.id != person.id)
    if session.scalar(select(Person.id).where(others).limit(1)) is None:
        raise LastAdmin(person=person)
