"""People: who they are, how they come in, what they agreed to, and how they leave.

A person is known by her Telegram number alone. Nothing here looks at names to decide who somebody is.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from crm import audit, customers, notices
from crm.permission import require
from crm.rules import rules
from models.chat import Chat
from models.complaint import Complaint, Stage
from models.customer import Contact, Customer
from models.person import BadToken, Invite, Permission, Person, Role, Team
from models.pledge import Pledge, PledgeState
from models.problem import NotAllowed, NotFound, Problem
from models.questionnaire import AskState, Questionnaire
from models.visit import Reminder, ReminderState

NEEDED_TO_INVITE: dict[Role, Permission] = {
    Role.CUSTOMER: Permission.INVITE,
    Role.REP: Permission.INVITE_STAFF,
    Role.MANAGER: Permission.INVITE_STAFF,
    Role.ADMIN: Permission.INVITE_STAFF,
}
LEADERS = (Role.MANAGER, Role.ADMIN)


_RECOGNISE = (
    select(Person)
    .where(Person.telegram_id == bindparam("telegram_id"), Person.withdrawn_at.is_(None))
    .with_for_update(key_share=True, of=Person)
)
"""Built once: every update asks it."""


class InviteUnusable(Problem):
    """The invitation is wrong, used or expired: the answer is the same for all three, and for too many tries."""


class LastAdmin(Problem):
    """The only administrator cannot be withdrawn or given another role."""


class NotOneself(Problem):
    """Nobody withdraws herself or changes her own role."""


def recognise(session: Session, telegram_id: int) -> Person | None:
    """Return the person of this Telegram number; None when she is a stranger or was withdrawn. One statement.

    Her row is locked until the transaction ends: one person's turns follow each other, whichever process takes them.
    """
    return session.scalar(_RECOGNISE, {"telegram_id": telegram_id})


def ensure_admin(session: Session, telegram_id: int, *, name: str, at: datetime) -> Person:
    """Return the administrator of this number, made one now if she was not."""
    person = _known(session, telegram_id) or _welcome(session, telegram_id, name=name, role=Role.ADMIN, at=at)
    if person.role is not Role.ADMIN or not person.active:
        person.role, person.withdrawn_at = Role.ADMIN, None
        audit.note(session, None, "person.made_admin", person, at)
    session.flush()
    return person


def visible_to(actor: Person) -> Select[Person]:
    """Return the people this person may see.

    Staff see their colleagues and the people of the customers they may see; a customer's person herself and the
    rep who looks after her firm.
    """
    if not actor.active:
        return select(Person).where(false())
    if customers.sees_all(actor):
        return select(Person)
    if actor.role is not Role.CUSTOMER:
        return select(Person).where(or_(Person.role != Role.CUSTOMER, Person.contact_id.in_(_contacts_of(actor))))
    return select(Person).where(or_(Person.id == actor.id, Person.id.in_(_looking_after(actor))))


def find(session: Session, actor: Person, person_id: int) -> Person:
    """Return the person. Raises NotFound when there is none or she is not the actor's to see."""
    person = session.scalar(visible_to(actor).where(Person.id == person_id))
    if person is None:
        raise NotFound(what="person")
    return person


def staff(session: Session, actor: Person) -> Sequence[Person]:
    """Return the department's people who are with it today, by team and name, as far as the actor sees them."""
    working = visible_to(actor).where(Person.role != Role.CUSTOMER, Person.withdrawn_at.is_(None))
    return session.scalars(working.order_by(Person.team_id, Person.name)).all()


def of_contact(session: Session, actor: Person, contact: Contact) -> Person | None:
    """Return who uses the bot in this contact's place today; None when nobody does, or not the actor's to see."""
    there = visible_to(actor).where(Person.contact_id == contact.id, Person.withdrawn_at.is_(None))
    return session.scalars(there.order_by(Person.joined_at.desc(), Person.id.desc()).limit(1)).first()


def at_customer(session: Session, actor: Person, customer: Customer) -> Sequence[Person]:
    """Return who of this customer's people uses the bot today, by name, as far as the actor sees them."""
    there = Person.contact_id.in_(select(Contact.id).where(Contact.customer_id == customer.id))
    using = visible_to(actor).where(there, Person.role == Role.CUSTOMER, Person.withdrawn_at.is_(None))
    return session.scalars(using.order_by(Person.name, Person.id)).all()


def teams(session: Session, actor: Person) -> Sequence[Team]:
    """Return the teams, by name. Raises NotAllowed."""
    require(actor, Permission.INVITE_STAFF)
    return session.scalars(select(Team).order_by(Team.name, Team.id)).all()


def leaders_of(session: Session, customer: Customer) -> Sequence[Person]:
    """Return who leads whoever looks after this customer and is on Telegram, her team's managers first.

    They all see the customer: the leaders of somebody else who works for it may not.
    """
    team = customer.owner.team_id
    leads = or_(Person.team_id == team, Person.team_id.is_(None)) if team else Person.team_id.is_(None)
    present = and_(Person.withdrawn_at.is_(None), Person.telegram_id.is_not(None))
    leaders = select(Person).where(Person.role.in_(LEADERS), present, leads)
    return session.scalars(leaders.order_by(Person.team_id.is_(None), Person.id)).all()


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

    A rep invites people of her own customers; leaders invite staff too, and only an administrator another one.
    Raises NotAllowed, and NotFound when the contact is not the actor's to see.
    """
    require(actor, NEEDED_TO_INVITE[role])
    _only_admins_make_admins(actor, role)
    if (role is Role.CUSTOMER) != (contact is not None):
        raise ValueError("a customer's person is invited as a contact, and nobody else is")
    if contact is not None:
        _own_contact(session, actor, contact)
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
    found = None
    if not _tried_too_often(session, telegram_id, at):
        found = session.scalar(select(Invite).where(_usable(token, telegram_id, at)))
    if found is None:
        count_bad_token(session, telegram_id, at=at)
        raise InviteUnusable
    return found


def accept(session: Session, token: str, *, telegram_id: int, name: str, language: str, at: datetime) -> Person:
    """Return the person who came in by this invitation, with its role; the inviter is told.

    Whoever was known or withdrawn before keeps her history and takes the new role.
    Raises InviteUnusable for a wrong, used or expired token, and without looking after five bad ones in an hour.
    The try is counted in this transaction: a caller who rolls back on the problem calls ``count_bad_token``
    in the next one.
    """
    invited = None if _tried_too_often(session, telegram_id, at) else _use(session, token, telegram_id, at)
    if invited is None:
        count_bad_token(session, telegram_id, at=at)
        raise InviteUnusable
    person = _known(session, telegram_id) or _welcome(session, telegram_id, name=name, role=invited.role, at=at)
    _keep_an_admin(session, person, invited.role)
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


def agree(session: Session, actor: Person, *, at: datetime) -> None:
    """Note that she agreed to the privacy notice; the first time counts."""
    if actor.agreed_at is None:
        actor.agreed_at = at
        audit.note(session, actor, "person.agreed", actor, at)
        session.flush()


def stop(session: Session, actor: Person, *, at: datetime) -> None:
    """Note that she wants no questionnaires; those not sent yet are cancelled (``PRV-01``)."""
    if actor.stopped_at is None:
        actor.stopped_at = at
        audit.note(session, actor, "person.stopped", actor, at)
    queued = update(Questionnaire).where(Questionnaire.person_id == actor.id, Questionnaire.state == AskState.QUEUED)
    session.execute(queued.values(state=AskState.SUPPRESSED, suppressed_because="opted_out"))
    notices.take_back_beneath(session, "/questionnaires/", to=actor, at=at)
    session.flush()


def resume(session: Session, actor: Person, *, at: datetime) -> None:
    """Note that she may be asked again."""
    if actor.stopped_at is not None:
        actor.stopped_at = None
        audit.note(session, actor, "person.resumed", actor, at)
        session.flush()


def set_language(session: Session, actor: Person, language: str) -> None:
    """Speak this language with her from now on."""
    actor.language = language
    session.flush()


def change_role(session: Session, actor: Person, person_id: int, *, role: Role, at: datetime) -> Person:
    """Return the person with her new role. Raises NotAllowed, NotOneself, LastAdmin, NotFound."""
    person = _other(session, actor, person_id)
    _only_admins_make_admins(actor, role, person.role)
    _keep_an_admin(session, person, role)
    if Role.CUSTOMER in {role, person.role}:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)  # a customer's person comes in by her own invitation
    was, person.role = person.role, role
    audit.note(session, actor, "person.role_changed", person, at, was=was.value, became=role.value)
    session.flush()
    give_back(session, person)
    return person


def withdraw(session: Session, actor: Person, person_id: int, *, at: datetime) -> Person:
    """Return the person, who may no longer use the bot; what she looked after is the actor's now (``CMP-21``).

    Raises NotAllowed, NotOneself, LastAdmin, NotFound.
    """
    person = _other(session, actor, person_id)
    _only_admins_make_admins(actor, person.role)
    _keep_an_admin(session, person, None)
    if person.withdrawn_at is None:
        person.withdrawn_at = at
        pass_on(session, person, actor)
        audit.note(session, actor, "person.withdrawn", person, at)
        session.flush()
    return person


def pass_on(session: Session, leaver: Person, to: Person) -> None:
    """Give all that somebody looks after to somebody else: nothing is without a living owner (``CMP-21``, ``VIS-05``).

    Whoever calls it has asked who may.
    """
    session.execute(update(Customer).where(Customer.owner_id == leaver.id).values(owner_id=to.id))
    for table, whose, still_open in _TO_DO:
        session.execute(update(table).where(whose == leaver.id, still_open).values({whose: to.id}))
    give_back(session)


def give_back(session: Session, *whom: Person) -> None:
    """Give what these people, or all who work here, have still to do at customers they see no more to their owners.

    Nobody is responsible for a customer she cannot see: whoever changes who sees what calls this.
    """
    working = select(Person).where(Person.role != Role.CUSTOMER, Person.withdrawn_at.is_(None))
    for person in whom or session.scalars(working).all():
        for table, whose, still_open in _TO_DO:
            unseen = table.customer_id.not_in(customers.ids_visible_to(person))
            owner = select(Customer.owner_id).where(Customer.id == table.customer_id).scalar_subquery()
            given = update(table).where(whose == person.id, still_open, unseen).values({whose: owner})
            session.execute(given.execution_options(synchronize_session="fetch"))


_TO_DO: tuple[tuple[Any, InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
    (Reminder, Reminder.rep_id, Reminder.state.in_([ReminderState.PLANNED, ReminderState.SENT])),
    (Pledge, Pledge.maker_id, Pledge.state == PledgeState.OPEN),
    (Complaint, Complaint.owner_id, Complaint.stage != Stage.FED_BACK),
)
"""What waits for somebody at a customer: whose it is, and until when."""


def unreachable(session: Session, person: Person, *, reason: str, at: datetime) -> None:
    """Note that Telegram does not deliver to her: nothing more is left for her until she is back."""
    if person.unreachable_since is None:
        person.unreachable_since, person.unreachable_reason = at, reason[: Person.unreachable_reason.type.length]
        audit.note(session, None, "person.unreachable", person, at, reason=reason)
        session.flush()


def reachable(session: Session, person: Person) -> None:
    """Note that she can be reached again."""
    if person.unreachable_since is not None:
        person.unreachable_since = person.unreachable_reason = None
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
        give_back(session)


def _tell_inviter(session: Session, invited: Invite, person: Person, at: datetime) -> None:
    notices.leave(
        session,
        invited.inviter,
        key=f"joined:{invited.id}",
        address=f"/people/{person.id}/joined",
        at=at,
        personal=True,
    )


def _use(session: Session, token: str, telegram_id: int, at: datetime) -> Invite | None:
    """Use the invitation up, in one statement: of two fingers on the same link one comes in."""
    used = update(Invite).where(_usable(token, telegram_id, at)).values(used_at=at).returning(Invite.id)
    invite_id = session.scalar(used.execution_options(synchronize_session=False))
    return session.get(Invite, invite_id, populate_existing=True) if invite_id else None


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


def _own_contact(session: Session, actor: Person, contact: Contact) -> None:
    customers.find_contact(session, actor, contact.id)


def _contacts_of(actor: Person) -> Select[int]:
    return select(Contact.id).where(Contact.customer_id.in_(customers.ids_visible_to(actor)))


def _looking_after(person: Person) -> Select[int]:
    return select(Customer.owner_id).join(Contact).where(Contact.id == person.contact_id)


def _other(session: Session, actor: Person, person_id: int) -> Person:
    require(actor, Permission.MANAGE_PEOPLE)
    if person_id == actor.id:
        raise NotOneself
    return find(session, actor, person_id)


def _only_admins_make_admins(actor: Person, *roles: Role) -> None:
    if Role.ADMIN in roles and actor.role is not Role.ADMIN:
        raise NotAllowed(permission=Permission.MANAGE_PEOPLE)


def _keep_an_admin(session: Session, person: Person, becomes: Role | None) -> None:
    if person.role is not Role.ADMIN or not person.active or becomes is Role.ADMIN:
        return
    others = and_(Person.role == Role.ADMIN, Person.withdrawn_at.is_(None), Person.id != person.id)
    if session.scalar(select(Person.id).where(others).limit(1)) is None:
        raise LastAdmin(person=person)
