"""Joining: coming in by an invitation, which works once, or as an administrator the firm has named.

There is no other way in. Nothing here looks at names to decide who somebody is.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from crm import audit, customers, handover, notices
from crm.permission import require
from crm.roles import keep_an_admin
from crm.rules import rules
from models.chat import Chat
from models.customer import Contact
from models.person import BadToken, Invite, Permission, Person, Role, Team
from models.problem import NotAllowed, Problem

NEEDED_TO_INVITE: dict[Role, Permission] = {
    Role.CUSTOMER: Permission.INVITE,
    Role.REP: Permission.INVITE_STAFF,
    Role.MANAGER: Permission.INVITE_STAFF,
    Role.ADMIN: Permission.INVITE_STAFF,
}


class InviteUnusable(Problem):
    """The invitation is wrong, used or expired: the answer is the same for all three, and for too many tries."""


def ensure_admin(session: Session, telegram_id: int, *, name: str, at: datetime) -> Person:
    """Return the administrator of this number, made one now if she was not."""
    person = _known(session, telegram_id) or _welcome(session, telegram_id, name=name, role=Role.ADMIN, at=at)
    if person.role is not Role.ADMIN or not person.active:
        person.role, person.withdrawn_at = Role.ADMIN, None
        audit.note(session, None, "person.made_admin", person, at)
    session.flush()
    return person


def teams(session: Session, actor: Person) -> Sequence[Team]:
    """Return the teams, by name. Raises NotAllowed."""
    require(actor, Permission.INVITE_STAFF)
    return session.scalars(select(Team).order_by(Team.name, Team.id)).all()


def invite(
    session: Session,
    actor: Person,
    *,
    role: Role,
    contact: Contact | None = None,
    team: Team | None = None,
    at: datetime,
) -> tuple[Invite, str]:
    """Return an invitation and its token in clear, which is kept nowhere else; it works once, for 72 hours.

    A rep invites people of her own customers; leaders invite staff too, a team's manager into her team, and only an
    administrator another one.
    Raises NotAllowed, and NotFound when the contact is not the actor's to see.
    """
    if role is not Role.CUSTOMER and team is None and not customers.sees_all(actor):
        team = actor.team
    if not _may_offer(actor, role, team.id if team else None):
        raise NotAllowed(permission=NEEDED_TO_INVITE[role])
    if (role is Role.CUSTOMER) != (contact is not None):
        raise ValueError("a customer's person is invited as a contact, and nobody else is")
    if contact is not None:
        customers.find_contact(session, actor, contact.id)
    token = secrets.token_urlsafe(32)
    written = Invite(
        token_hash=_hash(token),
        role=role,
        team_id=team.id if team else None,
        contact_id=contact.id if contact else None,
        inviter_id=actor.id,
        created_at=at,
        expires_at=at + rules(session).invite_for,
    )
    session.add(written)
    session.flush()
    audit.note(session, actor, "invite.written", written, at, role=role.value, contact=written.contact_id)
    return written, token


def invited(session: Session, token: str, *, telegram_id: int, at: datetime) -> Invite:
    """Return the invitation of this token, not used up: to say what it offers. Raises InviteUnusable as ``accept``."""
    found = _offered(session, token, telegram_id, at)
    if found is None:
        count_bad_token(session, telegram_id, at=at)
        raise InviteUnusable
    return found


def accept(session: Session, token: str, *, telegram_id: int, name: str, language: str, at: datetime) -> Person:
    """Return the person who came in by this invitation, with its role; the inviter is told.

    Whoever was known or withdrawn before keeps her history and takes the new role.
    Raises InviteUnusable for a wrong, used or expired token, for one whose inviter may not offer it any more, and
    without looking after five bad ones in an hour.
    The try is counted in this transaction: a caller who rolls back on the problem calls ``count_bad_token``
    in the next one.
    """
    invited = _offered(session, token, telegram_id, at)
    if invited is None or not _use(session, invited, at):
        count_bad_token(session, telegram_id, at=at)
        raise InviteUnusable
    person = _known(session, telegram_id) or _welcome(session, telegram_id, name=name, role=invited.role, at=at)
    keep_an_admin(session, person, invited.role)
    _take_place(session, person, invited, language, at)
    invited.used_by_id = person.id
    audit.note(session, person, "invite.accepted", invited, at, person=person.id, role=invited.role.value)
    _tell_inviter(session, invited, person, at)
    session.flush()
    return person


def count_bad_token(session: Session, telegram_id: int, *, at: datetime) -> None:
    """Count a wrong invitation against this Telegram number."""
    session.add(BadToken(telegram_id=telegram_id, at=at))
    session.flush()


def _known(session: Session, telegram_id: int) -> Person | None:
    return session.scalar(select(Person).where(Person.telegram_id == telegram_id))


def _welcome(session: Session, telegram_id: int, *, name: str, role: Role, at: datetime) -> Person:
    name = name.strip()[: Person.name.type.length] or f"#{telegram_id}"  # Telegram's may be empty, or 129 long
    person = Person(telegram_id=telegram_id, name=name, role=role, joined_at=at)
    session.add(person)
    session.flush()
    session.add(Chat(person_id=person.id))
    audit.note(session, person, "person.joined", person, at, role=role.value)
    return person


def _take_place(session: Session, person: Person, invited: Invite, language: str, at: datetime) -> None:
    person.role, person.team_id, person.contact_id = invited.role, invited.team_id, invited.contact_id
    person.language = person.language or language
    if not person.active:
        person.withdrawn_at, person.joined_at = None, at
    person.unreachable_since = person.unreachable_reason = None
    session.flush()
    if person.role is not Role.CUSTOMER:  # another team may lead her customers now
        handover.give_back(session)


def _tell_inviter(session: Session, invited: Invite, person: Person, at: datetime) -> None:
    notices.leave(
        session,
        invited.inviter,
        key=f"joined:{invited.id}",
        address=f"/people/{person.id}/joined",
        at=at,
        personal=True,
    )


def _may_offer(inviter: Person, role: Role, team_id: int | None) -> bool:
    """Return whether this person may invite somebody so: who leads one team offers places in that team alone."""
    if not inviter.may(NEEDED_TO_INVITE[role]) or (role is Role.ADMIN and inviter.role is not Role.ADMIN):
        return False
    return role is Role.CUSTOMER or customers.sees_all(inviter) or team_id == inviter.team_id


def _offered(session: Session, token: str, telegram_id: int, at: datetime) -> Invite | None:
    """Return the invitation, unless the inviter has gone or may not offer it any more."""
    if _tried_too_often(session, telegram_id, at):
        return None
    found = session.scalar(select(Invite).where(_usable(token, telegram_id, at)))
    return found if found and _may_offer(found.inviter, found.role, found.team_id) else None


def _use(session: Session, invited: Invite, at: datetime) -> bool:
    """Use the invitation up, in one statement: of two fingers on the same link one comes in."""
    used = update(Invite).where(Invite.id == invited.id, Invite.used_at.is_(None)).values(used_at=at)
    return session.scalar(used.returning(Invite.id).execution_options(synchronize_session="fetch")) is not None


def _usable(token: str, telegram_id: int, at: datetime) -> ColumnElement[bool]:
    inviters_own = select(Person.id).where(Person.telegram_id == telegram_id)
    fresh = and_(Invite.token_hash == _hash(token), Invite.used_at.is_(None), Invite.expires_at > at)
    return and_(fresh, Invite.inviter_id.not_in(inviters_own))


def _tried_too_often(session: Session, telegram_id: int, at: datetime) -> bool:
    since = at - rules(session).bad_tokens_within
    tries = select(func.count()).where(BadToken.telegram_id == telegram_id, BadToken.at > since)
    return session.scalars(tries).one() >= rules(session).bad_tokens


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
