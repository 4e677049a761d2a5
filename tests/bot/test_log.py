"""Log lines hold no token: not in texts, exceptions, tracebacks, addresses or what objects say of themselves."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from pydantic import SecretStr
from telegram import Bot
from telegram.error import InvalidToken

from bot import log
from bot.__main__ import _secrets
from bot.app import App
from bot.config import Config, DatabaseSection, Telegram
from bot.request import AiohttpRequest, NotSent

CANARY = "123456789:CANARY-token-that-no-line-may-ever-show-1"
OTHER = "987654321:CANARY-another-token-nobody-told-us-of-00001"
SHORT = "77:CANARY"
"""A token that looks like none; it is known because it is configured."""
CONFIG = Config(telegram=Telegram(token=SecretStr(CANARY)))


@pytest.fixture(params=["text", "json"])
def lines(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Log at debug level into a string; what libraries log is seen as well."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    log.set_up("debug", request.param, secrets=(CANARY, SHORT, ""), stream=stream)
    loud = {name: logging.getLogger(name).level for name in ("telegram", "httpx", "httpcore", "aiohttp")}
    for name in loud:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream.getvalue
    for name, was in loud.items():
        logging.getLogger(name).setLevel(was)
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def failing(with_: str) -> Exception:
    """An exception with a cause, both of which tell the token."""
    error = InvalidToken(f"The token `{with_}` was rejected by the server.")
    error.__cause__ = ValueError(f"https://api.telegram.org/bot{with_}/getMe")
    return error


@pytest.mark.parametrize("token", [CANARY, OTHER, SHORT])
def test_no_token_is_written_whoever_writes_it(lines, token):
    own, library = structlog.get_logger("ours"), logging.getLogger("httpx")

    own.info("tried", token=token, where={"url": f"https://api.telegram.org/bot{token}/getMe"}, all=[token])
    own.debug(f"bot{token}")
    own.debug(f"https://x.org/?token={quote(token)}")
    own.error("failed", exc_info=failing(token))
    library.info('HTTP Request: POST https://api.telegram.org/bot%s/getMe "HTTP/1.1 200 OK"', token)
    library.debug("downloading https://api.telegram.org/file/bot%s/photos/1.jpg", token)
    library.error("failed", exc_info=failing(token))
    library.warning(f"{token!r}")

    written = lines()
    assert written.count("failed") >= 2
    assert "•••" in written
    assert "CANARY" not in written


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bot(CANARY),
        lambda: Bot(CANARY, request=AiohttpRequest(), get_updates_request=AiohttpRequest()),
        lambda: App(CONFIG).bot,
        lambda: CONFIG,
        lambda: InvalidToken(f"The token `{CANARY}` was rejected by the server."),
    ],
    ids=["bot", "bot with our request", "the app's bot", "configuration", "refused token"],
)
def test_an_object_that_knows_the_token_may_be_logged(lines, make):
    thing = make()

    structlog.get_logger().info("seen", thing=thing)
    logging.getLogger("telegram").debug("%r %s", thing, thing)

    assert lines().count("\n") >= 2
    assert "CANARY" not in lines()


def test_the_app_and_its_request_say_nothing_of_the_token():
    app = App(CONFIG)

    assert "CANARY" not in repr(app) + str(app) + repr(AiohttpRequest()) + repr(app.config)


async def test_a_request_that_fails_does_not_say_its_address():
    request = AiohttpRequest()
    await request.initialize()
    with pytest.raises(NotSent) as refused:
        await request.do_request(f"http://127.0.0.1:1/bot{CANARY}/getMe", "POST")
    await request.shutdown()

    assert "CANARY" not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_a_token_file_and_a_database_password_are_kept_out_of_the_log_too(tmp_path: Path):
    (tmp_path / "token").write_text(SHORT)
    telegram = Telegram(token_file=tmp_path / "token", webhook_secret=SecretStr("hush"))
    config = Config(telegram=telegram, database=DatabaseSection(url="postgresql+psycopg://me:s3cret@host/db"))

    assert set(_secrets(config)) == {SHORT, "hush", "s3cret"}


def test_a_line_for_machines_is_json_with_its_facts():
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    stream = io.StringIO()
    log.set_up("info", "json", stream=stream)
    structlog.get_logger().info("visit.logged", visit=7)
    logging.getLogger().handlers, logging.getLogger().level = handlers, level
    structlog.reset_defaults()

    line = json.loads(stream.getvalue())
    assert (line["event"], line["visit"], line["level"]) == ("visit.logged", 7, "info")
    assert line["timestamp"].endswith("Z")
