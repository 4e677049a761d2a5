"""Logging: structured lines with ids, never people's words, and never the token."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

import structlog

_TOKEN = re.compile(r"(?<!\d)\d{5,}(?::|%3A)[A-Za-z0-9_-]{30,}|(?<=/bot)[^/\s]+(?=/)", re.IGNORECASE)
_LOUD = ("httpx", "httpcore", "telegram", "apscheduler", "aiohttp", "sqlalchemy", "alembic", "matplotlib", "PIL")


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
"""What every line is given, ours and the libraries'."""


def set_up(level: str, form: str, *, secrets: tuple[str, ...] = (), stream: TextIO = sys.stderr) -> None:
    """Send all log lines to the stream, as text or JSON, with tokens blotted out wherever they appear."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(form, secrets))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a ring that finds the last one at work is no news
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process: like every other line it must not hold the token."""
    logging.getLogger("huifang").critical("process.failed", exc_info=(kind, error, trace))


def _formatter(form: str, secrets: tuple[str, ...]) -> logging.Formatter:
    json = structlog.processors.JSONRenderer(ensure_ascii=False)
    last = json if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    return _Blotting(_blotter(secrets), foreign_pre_chain=_SHARED, processors=processors)


class _Blotting(structlog.stdlib.ProcessorFormatter):
    """A formatter whose finished line, traceback and all, passes the blotter."""

    def __init__(self, blot: Callable[[str], str], **settings: Any) -> None:
        super().__init__(**settings)
        self._blot = blot

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return self._blot(super().format(record))


def _blotter(secrets: tuple[str, ...]) -> Callable[[str], str]:
    known = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}

    def blot(line: str) -> str:
        for secret in known:
            line = line.replace(secret, "•••")
        return _TOKEN.sub("•••", line)

    return blot
