"""What every table shares: the declarative base and the column types both databases agree on."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, types
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Moment(types.TypeDecorator[datetime]):
    """An aware point in time, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface
        """Return the value in UTC. Raises ValueError when it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface
        """Return the stored moment, aware, in UTC (SQLite stores it without its zone)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(words: type[Enum]) -> list[str]:
    return [member.value for member in words]


Id = Annotated[int, mapped_column(Integer, primary_key=True)]
TelegramId = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    """The base of every table; enums are stored as their words, moments as UTC."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: Moment,
        dict[str, Any]: types.JSON,
        list[Any]: types.JSON,
        StrEnum: EnumColumn(StrEnum, native_enum=False, length=24, create_constraint=False, values_callable=_values),
    }

    def __repr__(self) -> str:
        """Name the row by its class and id alone: no person's words reach a log through a repr."""
        return f"<{type(self).__name__} {getattr(self, 'id', '?')}>"
