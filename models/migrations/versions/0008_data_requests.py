"""What people ask to have done with their own data has a table of its own.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("wish", sa.String(24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
    )
    columns = ["person_id", "wish"]
    op.create_index(
        "uq_data_request_open", "data_request", columns, unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_data_request_customer_id", "data_request", ["customer_id"])
    op.create_index("ix_data_request_state_due", "data_request", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("data_request")
