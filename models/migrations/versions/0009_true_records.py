"""What a record needs to be true: its own day, what goes with a contact, what settled a promise, a place used once.

The defaults stay in the database: a process of the version before goes on adding rows while this one is put in place.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
POINTERS = (
    ("attachment", "touch_id", "touch"),
    ("reminder", "touch_id", "touch"),
    ("pledge", "settled_by_id", "visit"),
)
NEW = (("visit", "timed"), ("touch", "timed"), ("touch", "logged_at"), ("place", "used_at"))


def upgrade() -> None:
    op.add_column("visit", sa.Column("timed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("touch", sa.Column("timed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("touch", sa.Column("logged_at", MOMENT))
    op.execute("UPDATE touch SET logged_at = at")
    op.add_column("place", sa.Column("used_at", MOMENT))
    op.add_column("chat", sa.Column("shown", sa.String(120), nullable=False, server_default=""))
    op.add_column("chat", sa.Column("shown_at", MOMENT))
    for table, column, other in POINTERS:
        # In words both databases know: Alembic cannot add a foreign key to a table that SQLite has already.
        reference = f"CONSTRAINT fk_{table}_{column} REFERENCES {other} (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER {reference}")
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    # The version before knows no reminder of a contact and no file beside one: those go with what held them.
    op.execute("DELETE FROM attachment WHERE touch_id IS NOT NULL")
    for table, column, _other in reversed(POINTERS):
        op.drop_index(f"ix_{table}_{column}", table)
        op.drop_column(table, column)
    for table, column in (*reversed(NEW), ("chat", "shown_at"), ("chat", "shown")):
        op.drop_column(table, column)
