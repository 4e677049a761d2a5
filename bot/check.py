"""``huifang check``: looks at everything the bot stands on, and says what to do where it would not stand.

It changes nothing, sends nothing to anybody, and never shows the token.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot import catalogue
from bot.app import TEMPLATES, real_time
from bot.config import Config, ConfigError
from bot.database import AlreadyRunning, connect, only_process
from bot.reading import ALLOWED_UPDATES
from bot.request import AiohttpRequest
from bot.store import ASIDE
from dialog.lettering import FONT
from dialog.words import LANGUAGES, Words
from handlers.names import NAMES
from models import migrations

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PORTS = {None, 443, 80, 88, 8443}
_MANY = 100
_FOR_OTHERS = 0o007
_MIGRATE = "run `huifang migrate` (`huifang run` does it as well)"
_LATELY = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``advice`` says what to do when it is not well."""

    thing: str
    well: bool
    facts: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{'ok  ' if self.well else 'FAIL'} {self.thing}: {self.facts}"
        return f"{line}\n     -> {self.advice}" if self.advice else line


def run(config: Config, say: Callable[[str], None]) -> int:
    """Look at everything, say what was found, and return 0 when all is well, otherwise 1."""
    findings = asyncio.run(look(config))
    for finding in findings:
        say(str(finding))
    return 0 if all(finding.well for finding in findings) else 1


async def look(config: Config) -> list[Finding]:
    """Return what was found, in the order in which one would put it right."""
    findings = [Finding("configuration", True, f"read; mode {config.telegram.mode}"), *_zone(config), *_admins(config)]
    findings += await asyncio.to_thread(
        lambda: [*_database(config), *_store(config), *_templates(), *_catalogues(), *_font()]
    )
    return [*findings, *[finding async for finding in _telegram(config)]]


# What stands in the configuration.


def _zone(config: Config) -> Iterator[Finding]:
    local = real_time().astimezone(config.company.zone)
    quiet = config.quiet_hours
    facts = f"{config.company.timezone}, where it is {local:%H:%M}; quiet from {quiet.start:%H:%M} to {quiet.end:%H:%M}"
    yield Finding("time zone", True, facts)


def _admins(config: Config) -> Iterator[Finding]:
    admins = config.people.admins
    if not admins:
        advice = "write /start to the bot, take your id from its log, and put it into people.admins"
        yield Finding("administrators", False, "none: nobody could invite anybody", advice)
    elif any(number <= 0 for number in admins):
        yield Finding("administrators", False, "an id is not a person's", "people's Telegram ids are greater than 0")
    else:
        yield Finding("administrators", True, str(len(admins)))


# What is on this machine.


def _database(config: Config) -> Iterator[Finding]:
    try:
        url = make_url(config.database.url)
        shown = url.difference_update_query(["password"]).render_as_string(hide_password=True)
        if _not_there(url):
            yield Finding("database", False, f"{shown} does not exist yet", _MIGRATE)
            return
        engine = connect(config.database.url, threads=1)
    except (SQLAlchemyError, OSError, ImportError) as error:
        yield Finding(
            "database", False, f"no such kind ({type(error).__name__})", "sqlite:///… or postgresql+psycopg://…"
        )
        return
    try:
        yield _tables(engine, shown)
    except SQLAlchemyError as error:
        facts = f"{shown} cannot be reached ({type(error).__name__})"
        yield Finding("database", False, facts, "is it running, and is database.url right?")
    finally:
        engine.dispose()
    yield from _only_one(config.database.url)


def _not_there(url: URL) -> bool:
    """Return whether this is a SQLite file nobody has made: looking at it would make it."""
    named = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return named and not Path(url.database or "").exists()


def _tables(engine: Engine, shown: str) -> Finding:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        stands = migrations.stands_at(connection)
    if stands == migrations.newest():
        return Finding("database", True, f"{shown}, tables of {stands}")
    return Finding("database", False, f"{shown} has {f'the tables of {stands}' if stands else 'no tables'}", _MIGRATE)


def _only_one(url: str) -> Iterator[Finding]:
    if make_url(url).get_backend_name() != "sqlite":
        return
    try:
        only_process(url)()
    except AlreadyRunning as error:
        yield Finding("second process", True, f"{error}: the bot is running, so do not start another")
    else:
        yield Finding("second process", True, "none uses this SQLite file")


def _store(config: Config) -> Iterator[Finding]:
    folder = config.attachments.folder
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        advice = f"let the bot's user write there (mkdir, chown, chmod 700), or set attachments.folder ({folder})"
        yield Finding("attachments", False, f"{there} is no folder that can be written to", advice)
    elif there != folder:
        yield Finding("attachments", True, f"{folder} will be made")
    elif folder.stat().st_mode & _FOR_OTHERS:
        yield Finding("attachments", False, f"other users of this machine can open {folder}", f"chmod 700 {folder}")
    else:
        free, aside = shutil.disk_usage(folder).free >> 30, sum(1 for _copy in folder.glob(f"*/{ASIDE}/*"))
        yield Finding("attachments", True, f"{folder}, {free} GB free; set aside, as no record names them: {aside}")


def _templates() -> Iterator[Finding]:
    broken = {name: why for language in LANGUAGES for name, why in Words(language, TEMPLATES, NAMES).broken().items()}
    facts = "; ".join(f"{name}: {why}" for name, why in broken.items()) or "all can be read"
    yield Finding("templates", not broken, facts, "mend them, or install the package again" if broken else "")


def _catalogues() -> Iterator[Finding]:
    wanted = catalogue.sentences()
    for language in catalogue.LANGUAGES:
        missing = sorted(wanted - catalogue.translated(language).keys())
        facts = f"{len(missing)} of {len(wanted)} sentences missing, such as {missing[0]!r}" if missing else "complete"
        advice = f"add them to templates/locale/{language}" if missing else ""
        yield Finding(f"catalogue {language}", not missing, facts, advice)


def _font() -> Iterator[Finding]:
    try:
        well = Path(FONT).read_bytes()[:4] in {b"OTTO", b"\0\1\0\0", b"ttcf"}
    except OSError as error:
        yield Finding("font", False, f"{FONT} cannot be read ({error.strerror})", "install the package again")
    else:
        yield Finding("font", well, "readable" if well else f"{FONT} is no font", "" if well else "install it again")


# What Telegram says.


async def _telegram(config: Config) -> AsyncIterator[Finding]:
    try:
        token = config.telegram.secret_token()
    except ConfigError as error:
        yield Finding("token", False, "none", str(error))
        return
    root = config.telegram.base_url.rstrip("/")
    request = AiohttpRequest(connections=2, read_timeout=10)
    bot = Bot(token, base_url=f"{root}/bot", request=request, get_updates_request=AiohttpRequest(connections=1))
    try:
        await bot.initialize()
        yield Finding("token", True, f"@{bot.username}")
        for finding in _webhook(config, await bot.get_webhook_info()):
            yield finding
    except InvalidToken:
        yield Finding("token", False, "Telegram does not know it", "ask @BotFather for the bot's token (/token)")
    except TelegramError as error:
        yield Finding("Telegram", False, f"cannot be reached at {root} ({type(error).__name__})", _AWAY)
    finally:
        await bot.shutdown()


_AWAY = "is this machine online, does it need a proxy, is telegram.base_url right? The token was not checked"


def _webhook(config: Config, info: WebhookInfo) -> Iterator[Finding]:
    if config.telegram.mode == "polling":
        if info.url:
            advice = "another instance may be using it; `huifang run` removes the webhook and polls"
            yield Finding("webhook", False, "mode is polling, but a webhook is set", advice)
        else:
            yield Finding("webhook", True, "none, as polling wants it")
    else:
        yield from _address(config, info)
        yield from _secret(config)
        yield from _kinds(info)
    yield from _delivery(info)


def _address(config: Config, info: WebhookInfo) -> Iterator[Finding]:
    wanted = urlsplit(config.telegram.webhook_url)
    if wanted.scheme != "https" or not wanted.hostname or wanted.port not in _PORTS:
        yield Finding("webhook address", False, "not one Telegram delivers to", "https on port 443, 80, 88 or 8443")
    elif not info.url:
        yield Finding("webhook address", True, "not set yet; `huifang run` sets it")
    elif info.url != config.telegram.webhook_url:
        advice = "`huifang run` sets it; if another instance set it, use a bot of its own for each"
        yield Finding("webhook address", False, "Telegram delivers to another one", advice)
    else:
        yield Finding("webhook address", True, "as configured")


def _secret(config: Config) -> Iterator[Finding]:
    secret = config.telegram.webhook_secret.get_secret_value()
    well = _SECRET.fullmatch(secret) is not None
    advice = "" if well else "1 to 256 characters A-Z a-z 0-9 _ -, such as `openssl rand -hex 32` gives"
    facts = f"{len(secret)} characters" if well else "has characters Telegram refuses, or too many"
    yield Finding("webhook secret", well, facts, advice)


def _kinds(info: WebhookInfo) -> Iterator[Finding]:
    """An old, narrower list survives every deployment until somebody sets another."""
    allowed = info.allowed_updates or ()
    if info.url and set(allowed) != set(ALLOWED_UPDATES):
        facts = f"Telegram sends {', '.join(allowed) or 'its own choice'}"
        yield Finding("kinds of updates", False, facts, "`huifang run` sets them")


def _delivery(info: WebhookInfo) -> Iterator[Finding]:
    waiting = info.pending_update_count
    many = waiting > _MANY
    yield Finding("waiting updates", not many, str(waiting), "is the bot running, and fast enough?" if many else "")
    if info.last_error_date is not None:
        lately = real_time() - info.last_error_date < _LATELY
        facts = f"{info.last_error_message} ({info.last_error_date:%Y-%m-%d %H:%M} UTC)"
        yield Finding("last delivery error", not lately, facts, "look at the reverse proxy's log" if lately else "")
