"""People: who talks to the bot, in which role, and what each role may do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, TelegramId
from models.customer import Contact

if TYPE_CHECKING:
    from models.absence import Absence


class Role(StrEnum):
    """What a person is to the department."""

    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"
    CUSTOMER = "customer"


class Permission(StrEnum):
    """What a role may do. A hidden button is courtesy; this is the protection."""

    SEE_CUSTOMERS = "see_customers"
    EDIT_CUSTOMERS = "edit_customers"
    LOG_VISITS = "log_visits"
    SEE_VISITS = "see_visits"
    FILE_COMPLAINTS = "file_complaints"
    REPORT_PROBLEMS = "report_problems"
    SEE_COMPLAINTS = "see_complaints"
    HANDLE_COMPLAINTS = "handle_complaints"
    ANSWER_SURVEYS = "answer_surveys"
    SEE_SUMMARY = "see_summary"
    EXPORT_TABLES = "export_tables"
    IMPORT_TABLES = "import_tables"
    INVITE = "invite"
    INVITE_STAFF = "invite_staff"
    MANAGE_PEOPLE = "manage_people"
    TALK = "talk"


_STAFF = frozenset(
    {
        Permission.TALK,
        Permission.SEE_CUSTOMERS,
        Permission.EDIT_CUSTOMERS,
        Permission.LOG_VISITS,
        Permission.SEE_VISITS,
        Permission.FILE_COMPLAINTS,
        Permission.SEE_COMPLAINTS,
        Permission.HANDLE_COMPLAINTS,
        Permission.SEE_SUMMARY,
        Permission.EXPORT_TABLES,
        Permission.INVITE,
    }
)
_LEADERS = _STAFF | {Permission.IMPORT_TABLES, Permission.INVITE_STAFF, Permission.MANAGE_PEOPLE}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.REP: _STAFF,
    Role.MANAGER: _LEADERS,
    Role.ADMIN: _LEADERS,
    Role.CUSTOMER: frozenset({Permission.TALK, Permission.REPORT_PROBLEMS, Permission.ANSWER_SURVEYS}),
}


class Team(Base):
    """Reps who report to the same managers."""

    __tablename__ = "team"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))


class Person(Base):
    """Somebody the bot knows. ``telegram_id`` is the identity; names and usernames change.

    ``away`` is the absence that lasts now, if there is one.
    """

    __tablename__ = "person"

    id: Mapped[Id]
    telegram_id: Mapped[TelegramId | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    language: Mapped[str | None] = mapped_column(String(8))
    zone: Mapped[str | None] = mapped_column(String(40))
    joined_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    unreachable_since: Mapped[datetime | None]
    unreachable_reason: Mapped[str | None] = mapped_column(String(24))
    morning_card: Mapped[bool] = mapped_column(default=True)
    evening_card: Mapped[bool] = mapped_column(default=True)

    team: Mapped[Team | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    away: Mapped[Absence | None] = relationship(
        primaryjoin="and_(Absence.person_id == Person.id, Absence.began_at.is_not(None), Absence.ended_at.is_(None))",
        viewonly=True,
        uselist=False,
    )

    @property
    def active(self) -> bool:
        """Whether this person may still use the bot."""
        return self.withdrawn_at is None

    @property
    def has_left(self) -> bool:
        """Whether this person worked here and does no more."""
        return not self.active and self.role is not Role.CUSTOMER

    @property
    def is_leader(self) -> bool:
        """Whether this person sees the whole department."""
        return self.role in {Role.MANAGER, Role.ADMIN}

    @property
    def reachable(self) -> bool:
        """Whether a message could reach this person at all."""
        return self.active and self.telegram_id is not None and self.unreachable_since is None

    def may(self, permission: Permission) -> bool:
        """Return whether this person's role holds the permission today."""
        return self.active and permission in GRANTS[self.role]

    def stands_in_for(self, other: Person | None) -> bool:
        """Return whether the other is away now and named this person as her deputy."""
        return other is not None and other.away is not None and other.away.deputy_id == self.id

    def may_stand_in_for(self, other: Person) -> bool:
        """Return whether this person could do the other's work: a colleague who is reached, a leader for a leader."""
        return self.id != other.id and self.reachable and GRANTS[other.role] <= GRANTS[self.role]


class Invite(Base):
    """A one-time link into the bot. Only the hash of its token is kept."""

    __tablename__ = "invite"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    inviter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    inviter: Mapped[Person] = relationship(foreign_keys=inviter_id)
    used_by: Mapped[Person | None] = relationship(foreign_keys=used_by_id)
    contact: Mapped[Contact | None] = relationship()


class BadToken(Base):
    """A wrong invitation somebody tried: five in an hour, and nobody looks at the sixth."""

    __tablename__ = "bad_token"
    __table_args__ = (Index("ix_bad_token_telegram_at", "telegram_id", "at"),)

    id: Mapped[Id]
    telegram_id: Mapped[TelegramId]
    at: Mapped[datetime] = mapped_column(index=True)
