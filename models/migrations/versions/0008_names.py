"""People at customers are looked for by the names in a sentence.

Revision ID: 0008
Revises: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_contact_name", "contact", ["name"])


def downgrade() -> None:
    op.drop_index("ix_contact_name", "contact")
