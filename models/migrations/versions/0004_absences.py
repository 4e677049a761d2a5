"""Absences with their deputies; a notice knows whose work it is.

Revision ID: 0004
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("deputy_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("set_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_absence_open", "absence", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_absence_deputy_id", "absence", ["deputy_id"])
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("work_of_id", sa.Integer(), nullable=True))
        notice.create_foreign_key("fk_notice_work_of_id", "person", ["work_of_id"], ["id"])
    # What waits is the work of her to whom it goes; a card is hers alone.
    op.execute("UPDATE notice SET work_of_id = to_id WHERE state = 'ready' AND key NOT LIKE 'card:%'")


def downgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint("fk_notice_work_of_id", type_="foreignkey")
        notice.drop_column("work_of_id")
    op.drop_index("ix_absence_deputy_id", "absence")
    op.drop_index("ix_absence_open", "absence")
    op.drop_table("absence")
