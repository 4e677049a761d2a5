"""``huifang seed``: an invented supplier's year, for trying the system on a database of one's own."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from bot.app import real_time, rules_of
from bot.config import Config
from bot.database import Database
from crm import seed
from models import migrations
from models.customer import Customer


def run(config: Config, number: int, say: Callable[[str], None]) -> int:
    """Fill an empty database and return 0, or 1 when there is something in it already."""
    database = Database(config.database.url, info={"rules": rules_of(config, bot_username="huifang_bot")})
    try:
        migrations.upgrade(database.engine)
        with database.transaction() as session:
            if session.scalar(select(func.count()).select_from(Customer)):
                say("The database is not empty: an invented year would mix with real records. Nothing was changed.")
                return 1
            facts = seed.fill(session, now=real_time(), seed=number)
        say(f"Filled: {facts}")
    finally:
        database.close()
    return 0
