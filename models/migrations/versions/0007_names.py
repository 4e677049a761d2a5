"""People at customers are looked for by the names in a sentence, and a complaint tells whose words were forwarded.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_contact_name", "contact", ["name"])
    # The default stays in the database: a process of the version before goes on adding rows in the meantime.
    op.add_column("complaint", sa.Column("said_by", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("complaint", "said_by")
    op.drop_index("ix_contact_name", "contact")
