"""Talking HTTP to Telegram with aiohttp: a third of the time of python-telegram-bot's own request.

A ``Courier`` makes the calls every reply consists of, with parameters that are JSON already and answers of which
next to nothing is read. Everything else goes through ``telegram.Bot``, over the same connections and errors.

Errors tell apart what decides over a retry: was the request sent, or may Telegram have acted on it?
No error text carries the address, since the token stands in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

_JSON = {"Content-Type": "application/json"}
_TOLD_APART = {400, 401, 403, 404, 409, 429}


class NotSent(NetworkError):
    """Telegram never saw the request: it may be sent again freely."""


class OutcomeUnknown(TimedOut):
    """Telegram may or may not have acted on the request."""


class TooLarge(Exception):
    """A file is larger than what was asked for; the rest of it was not fetched."""


class Parameters:
    """Parameters that are JSON as they stand: no files to look for, no objects to take apart."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.body = json.dumps({name: value for name, value in values.items() if value is not None}).encode()


class Courier:
    """Calls methods of the Bot API by name."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def call(self, method: str, *, within: float | None = None, **parameters: Any) -> Any:
        """Return the result as Telegram wrote it; parameters that are None are left out. Raises TelegramError.

        ``within`` is how many seconds the answer may take, where that is not the pool's own limit.
        """
        address = f"{self._bot.base_url}/{method}"
        limit = BaseRequest.DEFAULT_NONE if within is None else within
        # Our own request reads them; python-telegram-bot only hands them on.
        told: Any = Parameters(parameters)
        return await self._bot.request.post(address, told, read_timeout=limit)

    async def fetch(self, file_id: str, *, most: int) -> bytes:
        """Return the bytes of a file Telegram keeps, all of them. Raises TooLarge beyond ``most``, TelegramError."""
        found = await self._bot.get_file(file_id)
        if (found.file_size or 0) > most:
            raise TooLarge
        request = self._bot.request
        if not isinstance(request, AiohttpRequest) or not found.file_path:
            raise NotSent("there is no way to fetch files")
        content = await request.download(found.file_path, most=most)
        if found.file_size and len(content) != found.file_size:
            raise NotSent("cut short")
        return content


class AiohttpRequest(BaseRequest):
    """One keep-alive pool of connections. Times are in seconds."""

    def __init__(self, *, connections: int = 100, read_timeout: float = 30.0) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer may take."""
        return self._read_timeout

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Return the answer. One that is no JSON is not written to the log: people's words are in it."""
        try:
            return json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Telegram's answer is no JSON") from None

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": "huifang"})

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - one limit for the whole answer
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the pool waits as long as we do
    ) -> tuple[int, bytes]:
        """Return status and body. Raises NotSent or OutcomeUnknown."""
        if self._session is None:
            raise NotSent("the connection pool is closed")
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=_seconds(connect_timeout, 10.0),
            sock_read=_seconds(read_timeout, self._read_timeout),
        )
        try:
            async with self._session.request(method, url, timeout=timeout, **_body(request_data)) as response:
                return _known(response.status), await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSent(type(error).__name__) from None
        except (TimeoutError, aiohttp.ClientError, ConnectionError) as error:
            raise OutcomeUnknown(type(error).__name__) from None

    async def download(self, url: str, *, most: int) -> bytes:
        """Return what stands at an address, which holds the token. Raises TooLarge, NotSent."""
        if self._session is None:
            raise NotSent("the connection pool is closed")
        content = bytearray()
        try:
            async with self._session.get(url, timeout=aiohttp.ClientTimeout(total=60, sock_connect=10)) as response:
                if response.status != HTTPStatus.OK:
                    raise NotSent(f"HTTP {response.status}")
                async for part in response.content.iter_chunked(65_536):
                    content += part
                    if len(content) > most:
                        raise TooLarge
        except (TimeoutError, aiohttp.ClientError, ConnectionError) as error:
            raise NotSent(type(error).__name__) from None
        return bytes(content)


def _known(status: int) -> int:
    """Return the status. Raises BadRequest for a refusal that python-telegram-bot would take for a lost answer."""
    if 400 <= status < 500 and status not in _TOLD_APART:
        raise BadRequest(f"HTTP {status}")
    return status


def _seconds(given: Any, otherwise: float) -> float | None:
    return otherwise if given is BaseRequest.DEFAULT_NONE else given


def _body(request_data: RequestData | Parameters | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if isinstance(request_data, Parameters):
        return {"data": request_data.body, "headers": _JSON}
    if not request_data.contains_files:
        return {"data": request_data.json_parameters}
    form = aiohttp.FormData(quote_fields=False)  # Telegram shows a file name as it comes: no %E5%AE%A2 instead of 客
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}
