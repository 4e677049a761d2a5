"""Three promises that python-telegram-bot's ConversationHandler and polling do not hold.

    python docs/decisions/demonstrations/conversation_handler.py

Needs no network. Prints what happened to each promise and fails as long as one is broken.
Every scene plays in processes of its own, so a crash here is a crash; `Telegram` stands in for the Bot API.
"""
# ruff: noqa: T201  it is a script, and it prints

import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import telegram
from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest, RequestData

CUSTOMER, NOTE = range(2)
PROCESSES = multiprocessing.get_context("spawn")
KILLED = 137


# The conversation, written as the library's own examples write it.


async def ask_customer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    """/visit."""
    await update.effective_message.reply_text("Which customer?")
    return CUSTOMER


async def ask_note(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Keep the customer, ask for the note."""
    context.user_data["customer"] = update.effective_message.text
    await update.effective_message.reply_text(f"{update.effective_message.text}: what was said?")
    return NOTE


async def save(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Say what was saved."""
    await update.effective_message.reply_text(
        f"Saved: {context.user_data['customer']}, {update.effective_message.text}"
    )
    return ConversationHandler.END


def visit_bot(folder: Path) -> "Application[Any, Any, Any, Any, Any, Any]":
    """The bot, its answers kept in a pickle that every process of a scene shares."""
    bot = application(Telegram(folder)).persistence(PicklePersistence(folder / "answers.pickle")).updater(None).build()
    bot.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("visit", ask_customer)],
            states={CUSTOMER: [MessageHandler(filters.TEXT, ask_note)], NOTE: [MessageHandler(filters.TEXT, save)]},
            fallbacks=[],
            name="visit",
            persistent=True,
        )
    )
    return bot


# First promise: an answer the bot has replied to survives a crash.


def crash_keeps_answers(folder: Path) -> tuple[bool, str]:
    """The process is killed after the bot replied to an answer, before the timer wrote it down."""
    in_a_process(answer_and_die, folder, expecting=KILLED)
    in_a_process(answer_the_next_question, folder)
    return replies(folder)[-1] == "Saved: 华东轴承, 谈了3号线备件", " | ".join(replies(folder))


def answer_and_die(folder: Path) -> None:
    """Answer the first question, then die as `kill -9` does."""

    async def scene() -> None:
        bot = visit_bot(folder)
        await bot.initialize()
        await bot.start()
        await bot.process_update(message(bot, 1, "/visit"))
        await bot.update_persistence()  # the timer has just fired; by default it fires again in a minute
        await bot.process_update(message(bot, 2, "华东轴承"))
        os._exit(KILLED)  # leaves without tidying up

    asyncio.run(scene())


def answer_the_next_question(folder: Path) -> None:
    """The next process, on the same pickle, hears the next answer."""

    async def scene() -> None:
        async with visit_bot(folder) as bot:
            await bot.process_update(message(bot, 3, "谈了3号线备件"))

    asyncio.run(scene())


# Second promise: any process can continue a conversation.


def any_process_continues(folder: Path) -> tuple[bool, str]:
    """One of two processes opens the conversation, saves it and ends in good order; the other hears the answer."""
    ready, begun = PROCESSES.Event(), PROCESSES.Event()
    other = PROCESSES.Process(target=continue_elsewhere, args=(folder, ready, begun))
    other.start()
    ready.wait(30)
    in_a_process(begin_and_save, folder)
    begun.set()
    other.join(30)
    return replies(folder)[-1] == "华东轴承: what was said?", " | ".join([*replies(folder), "(silence)"][:2])


def begin_and_save(folder: Path) -> None:
    """Open the conversation and stop the regular way, which writes everything down."""

    async def scene() -> None:
        async with visit_bot(folder) as bot:
            await bot.start()
            await bot.process_update(message(bot, 1, "/visit"))
            await bot.stop()

    asyncio.run(scene())


def continue_elsewhere(folder: Path, ready: Event, begun: Event) -> None:
    """A process that was already running hears the first answer."""

    async def scene() -> None:
        async with visit_bot(folder) as bot:
            ready.set()
            await asyncio.to_thread(begun.wait, 30)
            await bot.process_update(message(bot, 2, "华东轴承"))

    asyncio.run(scene())


# Third promise: an update is acknowledged only when it has been handled.


def acknowledged_means_handled(folder: Path) -> tuple[bool, str]:
    """Five updates wait; the process is killed while it handles the first; what does the next process receive?"""
    in_a_process(poll_and_die, folder, expecting=KILLED)
    confirmed = Telegram(folder).confirmed()
    in_a_process(poll_what_is_left, folder)
    handled = len(replies(folder))
    return handled == len(FIVE), f"{confirmed} of 5 acknowledged before one was handled, {handled} handled in the end"


def poll_and_die(folder: Path) -> None:
    """Poll, and die in the first handler."""
    api = Telegram(folder, waiting=FIVE)

    async def handle(*_: object) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(api.has_confirmed_all.wait(), 3)
        os._exit(KILLED)  # leaves without tidying up

    async def scene() -> None:
        async with polling(api, handle):
            await asyncio.sleep(30)

    asyncio.run(scene())


def poll_what_is_left(folder: Path) -> None:
    """Poll again and handle whatever is delivered."""
    api = Telegram(folder, waiting=FIVE)

    async def handle(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        await update.effective_message.reply_text("Handled")

    async def scene() -> None:
        async with polling(api, handle) as bot:
            await api.has_confirmed_all.wait()
            await bot.update_queue.join()

    asyncio.run(scene())


class polling:  # noqa: N801  reads as a verb: async with polling(...)
    """An application that polls for as long as the block lasts."""

    def __init__(self, api: "Telegram", handle: Any) -> None:
        self._bot = application(api).build()
        self._bot.add_handler(MessageHandler(filters.TEXT, handle))

    async def __aenter__(self) -> "Application[Any, Any, Any, Any, Any, Any]":
        await self._bot.initialize()
        await self._bot.updater.start_polling(timeout=0)
        await self._bot.start()
        return self._bot

    async def __aexit__(self, *_: object) -> None:
        await self._bot.updater.stop()
        await self._bot.stop()
        await self._bot.shutdown()


# The stage.


class Telegram(BaseRequest):
    """The Bot API without a network: a folder remembers what it was sent and how far it was acknowledged."""

    def __init__(self, folder: Path, waiting: Sequence[dict[str, Any]] = ()) -> None:
        self._sent, self._offset = folder / "sent", folder / "offset"
        self._waiting = waiting
        self.has_confirmed_all = asyncio.Event()

    @property
    def read_timeout(self) -> float:
        """Nothing here takes time."""
        return 1

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    def confirmed(self) -> int:
        """The number of the last update that will never be delivered again."""
        return int(self._offset.read_text()) - 1 if self._offset.exists() else 0

    async def do_request(
        self, url: str, *_: Any, request_data: RequestData | None = None, **__: Any
    ) -> tuple[int, bytes]:
        """Answer as the Bot API does."""
        facts = request_data.json_parameters if request_data else {}
        match url.rsplit("/", 1)[-1]:
            case "getMe":
                result: object = {"id": 1, "is_bot": True, "first_name": "Huifang", "username": "huifang_bot"}
            case "sendMessage":
                with self._sent.open("a", encoding="utf-8") as sent:
                    sent.write(facts["text"] + "\n")
                result = text(99, facts["text"])["message"]
            case "getUpdates":
                result = await self._updates(int(facts.get("offset", 0)))
            case _:
                result = True
        return 200, json.dumps({"ok": True, "result": result}).encode()

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        if offset > self.confirmed() + 1:
            self._offset.write_text(str(offset))
        left = [update for update in self._waiting if update["update_id"] > self.confirmed()]
        if not left:
            self.has_confirmed_all.set()
            await asyncio.sleep(0.05)
        return left


def application(api: Telegram) -> "ApplicationBuilder[Any, Any, Any, Any, Any, Any]":
    """A builder of applications that talk to this Telegram only."""
    return ApplicationBuilder().token("1:offline").request(api).get_updates_request(api).job_queue(None)


def text(number: int, words: str) -> dict[str, Any]:
    """An update as Telegram delivers it: somebody wrote these words."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(words)}] if words.startswith("/") else []
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": {"id": 7, "type": "private", "first_name": "Olga"},
            "from": {"id": 7, "is_bot": False, "first_name": "Olga"},
            "text": words,
            "entities": entities,
        },
    }


FIVE = [text(number, f"note {number}") for number in range(1, 6)]


def message(bot: "Application[Any, Any, Any, Any, Any, Any]", number: int, words: str) -> Update:
    """The same as an object of the library."""
    return Update.de_json(text(number, words), bot.bot)


def replies(folder: Path) -> list[str]:
    """What the person was told, over all processes of a scene."""
    sent = folder / "sent"
    return sent.read_text(encoding="utf-8").splitlines() if sent.exists() else []


def in_a_process(scene: Any, folder: Path, *, expecting: int = 0) -> None:
    """Play a scene in a process of its own, which must end as expected."""
    process = PROCESSES.Process(target=scene, args=(folder,))
    process.start()
    process.join(60)
    if process.exitcode != expecting:
        raise RuntimeError(f"{scene.__name__} ended with {process.exitcode}")


PROMISES = {
    "an answer the bot replied to survives a crash": crash_keeps_answers,
    "another process can continue a conversation": any_process_continues,
    "an update is acknowledged only when it was handled": acknowledged_means_handled,
}


def main() -> int:
    """Play every scene; 1 if any promise is broken."""
    print(f"python-telegram-bot {telegram.__version__}")
    kept = []
    for promise, scene in PROMISES.items():
        with tempfile.TemporaryDirectory() as folder:
            held, what_happened = scene(Path(folder))
        kept.append(held)
        print(f"{'held' if held else 'BROKEN'}: {promise}\n    {what_happened}")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
