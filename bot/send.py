"""Sending: screens and the answers to taps.

Nothing is sent from inside a transaction; python-telegram-bot's exceptions end here, as a fate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from telegram import Bot, InputMediaPhoto, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot import workbook
from bot.fate import Fate, Sending, fate_of
from bot.markup import bare_text_of, inline_keys_of, keys_of, text_of
from bot.recent import Recent
from bot.request import Courier
from bot.store import Store
from dialog.events import File
from dialog.screen import Document, Rendered, Table
from models.attachment import FileKind

log = structlog.get_logger()
_PATIENCE = (0.5, 2.0)
_MOST_WAIT = 5.0
UPLOAD_WITHIN = 40.0
"""Seconds the answer to a picture may take."""


class Sender:
    """Puts screens before people."""

    def __init__(self, bot: Bot, store: Store, recent: Recent) -> None:
        self._bot = bot
        self._courier = Courier(bot)
        self._store = store
        self._recent = recent

    async def show(
        self,
        chat_id: int,
        screen: Rendered,
        *,
        edit: int | None = None,
        on_picture: bool = False,
        silent: bool = False,
    ) -> Sending:
        """Edit the screen into a message, or send it anew, without a sound if ``silent``, when that is not possible."""
        files = 0
        try:
            if edit is not None and screen.share is None and (await self._edit(chat_id, screen, edit, on_picture)):
                return Sending(Fate.SENT, edit)
            for file in screen.files:
                await self._send_stored(chat_id, file, silent)
                files += 1
            message_id = await self._send(chat_id, screen, silent)
        except TelegramError as error:
            return replace(fate_of(error), files=files)
        return Sending(Fate.SENT, message_id)

    async def show_patiently(
        self, chat_id: int, screen: Rendered, *, edit: int | None = None, on_picture: bool = False
    ) -> Sending:
        """Show a reply: what was surely not sent, or asked to wait a little, is tried again; no file is sent twice."""
        outcome = await self.show(chat_id, screen, edit=edit, on_picture=on_picture)
        for pause in _PATIENCE:
            if outcome.fate is not Fate.LATER or outcome.wait > _MOST_WAIT:
                break
            await asyncio.sleep(max(pause, outcome.wait))
            screen = replace(screen, files=screen.files[outcome.files :])
            outcome = await self.show(chat_id, screen, edit=edit, on_picture=on_picture)
        return outcome

    async def answer(self, query_id: str, toast: str | None, *, alert: bool = False) -> None:
        """Answer a tap. A tap too old to be answered has had its effect all the same."""
        try:
            await self._courier.call(
                "answerCallbackQuery", callback_query_id=query_id, text=toast, show_alert=alert or None
            )
        except TelegramError as error:
            log.debug("tap.unanswered", because=type(error).__name__)

    async def _edit(self, chat_id: int, screen: Rendered, message_id: int, on_picture: bool) -> bool:
        """Return whether the message now shows the screen; a picture and a text cannot become each other."""
        if bool(screen.picture) != on_picture or screen.table or screen.document:
            return False
        try:
            if screen.picture:
                media = InputMediaPhoto(screen.picture, caption=screen.text, parse_mode=ParseMode.HTML)
                await self._bot.edit_message_media(
                    media, chat_id, message_id, read_timeout=UPLOAD_WITHIN, api_kwargs=inline_keys_of(screen)
                )
            else:
                await self._edit_text(chat_id, screen, message_id)
        except BadRequest as error:
            return "not modified" in str(error).lower()
        return True

    async def _edit_text(self, chat_id: int, screen: Rendered, message_id: int) -> None:
        rest = {"message_id": message_id, **inline_keys_of(screen)}
        try:
            await self._courier.call("editMessageText", **text_of(chat_id, screen), **rest)
        except BadRequest as error:
            if not _broken(screen, error):
                raise
            await self._courier.call("editMessageText", **bare_text_of(chat_id, screen), **rest)

    async def _send_stored(self, chat_id: int, file: File, silent: bool) -> None:
        """Send what goes before the screen: by its id, or else from our store. What nobody has stops nothing."""
        try:
            await self._send_file(chat_id, file, file.file_id, silent)
        except BadRequest:
            if not await self._upload(chat_id, file, silent):
                log.warning("file.gone", kind=file.kind.value)

    async def _upload(self, chat_id: int, file: File, silent: bool) -> bool:
        """Send our copy and remember what Telegram calls it now; return whether there is one that it takes."""
        copy = await asyncio.to_thread(self._store.read, file.stored_as) if file.stored_as else None
        if copy is None or file.stored_as is None:
            return False
        named = {"filename": file.name} if file.name else {}
        try:
            sent = await self._send_file(chat_id, file, copy, silent, read_timeout=UPLOAD_WITHIN, **named)
        except BadRequest:
            return False
        self._recent.uploaded(file.stored_as, _file_id(sent))
        return True

    async def _send_file(self, chat_id: int, file: File, what: str | bytes, silent: bool, **how: Any) -> Message:
        ways: dict[FileKind, Callable[..., Awaitable[Message]]] = {
            FileKind.PHOTO: self._bot.send_photo,
            FileKind.VOICE: self._bot.send_voice,
            FileKind.VIDEO: self._bot.send_video,
            FileKind.DOCUMENT: self._bot.send_document,
        }
        return await ways[file.kind](chat_id, what, disable_notification=silent or None, **how)

    async def _send(self, chat_id: int, screen: Rendered, silent: bool) -> int:
        """Return the new message's id."""
        try:
            return await self._send_html(chat_id, screen, silent)
        except BadRequest as error:
            if not _broken(screen, error):
                raise
            return await self._send_text(bare_text_of(chat_id, screen), screen, silent)

    async def _send_html(self, chat_id: int, screen: Rendered, silent: bool) -> int:
        if screen.picture:
            sent = await self._bot.send_photo(
                chat_id,
                screen.picture,
                caption=screen.text,
                parse_mode=ParseMode.HTML,
                read_timeout=UPLOAD_WITHIN,
                disable_notification=silent or None,
                api_kwargs=keys_of(screen),
            )
            return sent.message_id
        if screen.table:
            return await self._send_table(chat_id, screen, screen.table, silent)
        if screen.document:
            return await self._send_document(chat_id, screen, screen.document, silent)
        return await self._send_text(text_of(chat_id, screen), screen, silent)

    async def _send_text(self, text: Mapping[str, Any], screen: Rendered, silent: bool) -> int:
        message = await self._courier.call(
            "sendMessage", **text, disable_notification=silent or None, **keys_of(screen)
        )
        return int(message["message_id"])

    async def _send_table(self, chat_id: int, screen: Rendered, table: Table, silent: bool) -> int:
        """Make the spreadsheet, in a thread of its own, and send it; it cannot be forwarded or saved from the chat."""
        content = await asyncio.get_running_loop().run_in_executor(None, workbook.write, table)
        document = Document(f"{table.name}.xlsx", content)
        return await self._send_document(chat_id, screen, document, silent, protect=True)

    async def _send_document(
        self, chat_id: int, screen: Rendered, document: Document, silent: bool, *, protect: bool = False
    ) -> int:
        sent = await self._bot.send_document(
            chat_id,
            document.content,
            filename=document.name,
            caption=screen.text,
            parse_mode=ParseMode.HTML,
            protect_content=protect or None,
            disable_notification=silent or None,
            read_timeout=UPLOAD_WITHIN,
            api_kwargs=keys_of(screen),
        )
        return sent.message_id


def _file_id(sent: Message) -> str:
    part: Any = sent.effective_attachment
    return str((part[-1] if isinstance(part, Sequence) else part).file_id)


def _broken(screen: Rendered, error: BadRequest) -> bool:
    """Return whether Telegram cannot read our HTML, and say so: it is a template's fault, and plain text will do."""
    if "parse entities" not in str(error).lower():
        return False
    log.error("screen.broken", address=screen.address)
    return True
