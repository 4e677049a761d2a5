"""What became of our copy of each attachment. Those that are there wait for one.

The defaults stay in the database: a process of the version before goes on adding rows while this one is put in place.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORD = sa.String(24)
NEW = ("state", "why", "attempts", "due_at", "stored_as", "media_type", "size", "digest")


def upgrade() -> None:
    with op.batch_alter_table("attachment") as table:
        table.add_column(sa.Column("state", WORD, nullable=False, server_default="waiting"))
        table.add_column(sa.Column("why", WORD))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("due_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("stored_as", sa.String(32)))
        table.add_column(sa.Column("media_type", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("size", sa.Integer()))
        table.add_column(sa.Column("digest", sa.String(64), nullable=False, server_default=""))
        table.create_index("ix_attachment_state_due_at", ["state", "due_at"])
        table.create_index("ix_attachment_stored_as", ["stored_as"], unique=True)
    op.create_table(
        "shelf",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mark", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("shelf")
    with op.batch_alter_table("attachment") as table:
        table.drop_index("ix_attachment_stored_as")
        table.drop_index("ix_attachment_state_due_at")
        for name in NEW:
            table.drop_column(name)
