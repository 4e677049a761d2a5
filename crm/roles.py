"""Roles: what a person is to the department, given or taken away by somebody else. An administrator always stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from crm import audit, handover, people
from crm.permission import require
from models.person import Permission, Person, Role
from models.problem import NotAllowed, Problem


class LastAdmin(Problem):
    """The only administrator cannot be withdrawn or given another role."""


class NotOneself(Problem):
    """Nobody withdraws herself or changes her own role."""


def change_role(session: Session, actor: Person, person_id: int, *, role: Role, at: datetime) -> Person:
    """Return the person with her new role. Raises NotAllowed, NotOneself, LastAdmin, NotFound."""
    person = _other(session, actor, person_id)
    only_admins_make_admins(actor, role, person.role)
    keep_an_admin(session, person, role)
    if Role.CUSTOMER in {role, person.role}:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)  # a customer's person comes in by her own invitation
    was, person.role = person.role, role
    audit.note(session, actor, "person.role_changed", person, at, was=was.value, became=role.value)
    session.flush()
    handover.give_back(session, person)
    return person


def withdraw(session: Session, actor: Person, person_id: int, *, at: datetime) -> Person:
    """Return the person, who may no longer use the bot; what she looked after is the actor's now (``CMP-21``).

    Raises NotAllowed, NotOneself, LastAdmin, NotFound.
    """
    person = _other(session, actor, person_id)
    only_admins_make_admins(actor, person.role)
    keep_an_admin(session, person, None)
    if person.withdrawn_at is None:
        person.withdrawn_at = at
        handover.pass_on(session, person, actor)
        audit.note(session, actor, "person.withdrawn", person, at)
        session.flush()
    return person


def _other(session: Session, actor: Person, person_id: int) -> Person:
    require(actor, Permission.MANAGE_PEOPLE)
    if person_id == actor.id:
        raise NotOneself
    return people.find(session, actor, person_id)


def only_admins_make_admins(actor: Person, *roles: Role) -> None:
    """Return quietly unless one of the roles is the administrator's and the actor is none. Raises NotAllowed."""
    if Role.ADMIN in roles and actor.role is not Role.ADMIN:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)


def keep_an_admin(session: Session, person: Person, becomes: Role | None) -> None:
    """Return quietly unless she is the only administrator and becomes something else, or nothing. Raises LastAdmin."""
    if person.role is not Role.ADMIN or not person.active or becomes is Role.ADMIN:
        return
    others = and_(Person.role == Role.ADMIN, Person.withdrawn_at.is_(None), Person.id != person.id)
    if session.scalar(select(Person.id).where(others).limit(1)) is None:
        raise LastAdmin(person=person)
