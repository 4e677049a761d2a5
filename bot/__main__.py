"""The command line: ``huifang``, or ``python -m bot``."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot import log
from bot.config import Config, ConfigError, load
from bot.database import AlreadyRunning

DESCRIPTION = "Huifang (回访): customer relations in Telegram, for the marketing department of an industrial firm."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code: 0 well, 1 not, 2 not understood."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.does(options)
    except (ConfigError, AlreadyRunning) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huifang", description=DESCRIPTION)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, does, help_, arguments in _commands():
        command = commands.add_parser(name, help=help_, description=help_)
        command.set_defaults(does=does)
        for argument, facts in arguments.items():
            command.add_argument(argument, **facts)
    return parser


Arguments = dict[str, dict[str, Any]]
_CONFIG: Arguments = {"--config": {"type": Path, "metavar": "FILE", "help": "the configuration (config.toml)"}}
_OUT: Arguments = {"--out": {"type": Path, "help": "the file to write"}}
_DEMO: Arguments = {
    "--port": {"type": int, "default": 8095, "help": "where to open the page (8095)"},
    "--language": {"choices": ["zh_CN", "en"], "default": "zh_CN", "help": "its language"},
}
_SEED: Arguments = {"--seed": {"type": int, "default": 1, "help": "another number, another year (1)"}}
_IMPORT: Arguments = {
    "file": {"type": Path, "metavar": "FILE", "help": "the table, .xlsx or .csv"},
    "--kind": {"choices": ["customers", "contacts", "orders"], "required": True, "help": "what stands in its rows"},
    "--by": {"type": int, "metavar": "TELEGRAM_ID", "help": "who does it (the first administrator)"},
    "--yes": {"action": "store_true", "help": "take over what is shown"},
}


def _commands() -> Iterator[tuple[str, Callable[[argparse.Namespace], int], str, Arguments]]:
    yield "run", _run, "run the bot until it is stopped", _CONFIG
    yield "demo", _demo, "try everything in a simulated Telegram in the browser; needs nothing", _DEMO
    yield "check", _check, "look at configuration, token, database, webhook and templates; say what to do", _CONFIG
    yield "migrate", _migrate, "bring the database up to today's tables", _CONFIG
    yield "seed", _seed, "fill an empty database with an invented year of a supplier's business", _CONFIG | _SEED
    take_over = "take over a table of customers, contacts or orders; shows what it would do first"
    yield "import", _import, take_over, _CONFIG | _IMPORT
    yield "screens", _screens, "write every screen in every language to one page", _OUT
    yield "flows", _flows, "draw each conversation from the code", _OUT


def _config(options: argparse.Namespace) -> Config:
    path = options.config
    if path is None and Path("config.toml").exists():
        path = Path("config.toml")
    config = load(path, os.environ)
    log.set_up(config.log.level, config.log.format, secrets=tuple(_secrets(config)))
    sys.excepthook = log.last_words
    return config


def _secrets(config: Config) -> Iterator[str]:
    """Return what no log line may show: the token wherever it stands, the webhook's secret, the database's password."""
    with suppress(ConfigError):
        yield config.telegram.secret_token()
    yield config.telegram.webhook_secret.get_secret_value()
    with suppress(ArgumentError):
        url = make_url(config.database.url)
        yield from filter(None, (url.password, str(url.query.get("password", ""))))


def _run(options: argparse.Namespace) -> int:
    from bot import app

    config = _config(options)

    async def until_stopped() -> None:
        await app.run(config, _stopping())

    asyncio.run(until_stopped())
    return 0


def _demo(options: argparse.Namespace) -> int:
    from bot import demo

    log.set_up("warning", "text")

    async def until_stopped() -> None:
        await demo.run(port=options.port, language=options.language, stopping=_stopping(), say=_say)

    asyncio.run(until_stopped())
    return 0


def _check(options: argparse.Namespace) -> int:
    from bot import check

    return check.run(_config(options), _say)


def _migrate(options: argparse.Namespace) -> int:
    from bot.database import connect
    from models import migrations

    engine = connect(_config(options).database.url)
    migrations.upgrade(engine)
    engine.dispose()
    _say("The database has today's tables.")
    return 0


def _seed(options: argparse.Namespace) -> int:
    from bot import seeding

    return seeding.run(_config(options), options.seed, _say)


def _import(options: argparse.Namespace) -> int:
    from bot import importing
    from models.sheet import SheetKind

    config = _config(options)
    return importing.run(config, options.file, SheetKind(options.kind), by=options.by, sure=options.yes, say=_say)


def _screens(options: argparse.Namespace) -> int:
    from bot import gallery

    return gallery.run(options.out or Path("build/screens.html"), _say)


def _flows(options: argparse.Namespace) -> int:
    from bot import diagrams

    return diagrams.run(options.out or Path("build/flows.md"), _say)


def _stopping() -> asyncio.Event:
    """Return an event that SIGTERM and Ctrl-C set; more of them change nothing."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    return stopping


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
