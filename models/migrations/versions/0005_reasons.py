"""A notice says why it came, and into which one it was gathered.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("reason", sa.String(24)))
    # In words both databases know: Alembic cannot add a foreign key to a table that SQLite has already.
    reference = "CONSTRAINT fk_notice_gathered_into_id REFERENCES notice (id)"
    op.execute(f"ALTER TABLE notice ADD COLUMN gathered_into_id INTEGER {reference}")
    op.create_index("ix_notice_gathered_into_id", "notice", ["gathered_into_id"])


def downgrade() -> None:
    op.execute("UPDATE notice SET state = 'suppressed', why = 'gathered' WHERE state = 'gathered'")
    op.drop_index("ix_notice_gathered_into_id", "notice")
    op.drop_column("notice", "gathered_into_id")
    op.drop_column("notice", "reason")
