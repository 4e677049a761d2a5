"""The audit trail: who did what to which record, and when. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class AuditEntry(Base):
    """One thing done. ``object`` is such as ``visit:7``; ``facts`` hold ids and old and new values, never messages."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_object", "object"),)

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]]
