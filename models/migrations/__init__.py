"""Migrations: bringing a database to the tables of today, and back, without an ini file."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from models import dialects

LATEST = "head"
NOTHING = "base"


def upgrade(engine: Engine, to: str = LATEST) -> None:
    """Bring the database up to this revision, in one transaction, while no other process migrates it."""
    with engine.begin() as connection:
        dialects.lock_migrations(connection)
        command.upgrade(_config(connection), to)


def downgrade(engine: Engine, to: str = NOTHING) -> None:
    """Bring the database down to this revision, in one transaction, while no other process migrates it."""
    with engine.begin() as connection:
        dialects.lock_migrations(connection)
        command.downgrade(_config(connection), to)


def stands_at(connection: Connection) -> str | None:
    """Return the revision this database stands at; None when it has no tables."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the revision of today's tables."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "models:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
