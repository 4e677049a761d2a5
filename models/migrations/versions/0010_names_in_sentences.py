"""Indexes for the ways a sentence names a firm: by its beginning, its brand, its first letters, and how it sounds.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_customer_beginning": "substr(name, 1, 4)",
    "ix_customer_brand_first": "substr(name, 1, 2)",
    "ix_customer_brand_third": "substr(name, 3, 2)",
    "ix_customer_brand_fourth": "substr(name, 4, 2)",
    "ix_customer_first_letters": "substr(search_key, 1, 3)",
    "ix_customer_sound": "replace(substr(search_key, length(name) + 2, 4), 'n', 'l')",
}


def upgrade() -> None:
    for name, expression in INDEXES.items():
        op.create_index(name, "customer", [sa.text(expression)])


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "customer")
