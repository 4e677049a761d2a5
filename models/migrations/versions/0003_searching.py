"""Searching among many customers: the number of a telephone as it is dialled, and an index of merged files alone.

An index that held the files not merged too, which is nearly all, led SQLite to fetch them one by one.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into_id IS NOT NULL")
CONTACT = sa.table("contact", sa.column("id"), sa.column("phone"), sa.column("dialled"))


def upgrade() -> None:
    op.drop_index("ix_customer_merged_into_id", "customer")
    op.create_index(
        "ix_customer_merged_into_id", "customer", ["merged_into_id"], sqlite_where=MERGED, postgresql_where=MERGED
    )
    # The default stays in the database: a process of the version before goes on adding rows in the meantime.
    op.add_column("contact", sa.Column("dialled", sa.String(11), nullable=False, server_default=""))
    _dial()
    op.create_index("ix_contact_dialled", "contact", ["dialled"])


def downgrade() -> None:
    op.drop_index("ix_contact_dialled", "contact")
    op.drop_column("contact", "dialled")
    op.drop_index("ix_customer_merged_into_id", "customer")
    op.create_index("ix_customer_merged_into_id", "customer", ["merged_into_id"])


def _dial() -> None:
    there = sa.select(CONTACT.c.id, CONTACT.c.phone).where(CONTACT.c.phone != "")
    numbers = [(id_, re.sub(r"\D", "", phone)) for id_, phone in op.get_bind().execute(there)]
    dialled = [{"contact": id_, "as": digits[-11:]} for id_, digits in numbers if len(digits) >= 7]
    if dialled:
        to_be = sa.update(CONTACT).where(CONTACT.c.id == sa.bindparam("contact"))
        op.get_bind().execute(to_be.values(dialled=sa.bindparam("as")), dialled)
