"""A bot: its profile, its chats, its commands, its updates."""

import itertools
from datetime import timedelta
from typing import Any

from simulator.chats import Account, Chat, Json, Message, Query, Watcher
from simulator.clock import Clock
from simulator.courier import Courier
from simulator.files import FileStore
from simulator.mailbox import Mailbox
from simulator.parameters import Parameters
from simulator.refusals import QUERY_TOO_OLD, bad_request, forbidden

FIRST_UPDATE_ID = 700_000_001
Commands = list[dict[str, str]]


class World:
    """What all bots share: the clock, the accounts, the files, and who watches."""

    def __init__(self, *, query_lifetime: timedelta, webhook_pace: float) -> None:
        self.clock = Clock()
        self.files = FileStore()
        self.accounts: dict[int, Account] = {}
        self.watchers: list[Watcher] = []
        self.query_lifetime = query_lifetime
        self.webhook_pace = webhook_pace


class Bot:
    """One registered bot."""

    def __init__(self, world: World, token: str, *, username: str, name: str) -> None:
        self.world = world
        self.token = token
        self.id = int(token.partition(":")[0])
        self.username = username
        self.name = name
        self.description = ""
        self.short_description = ""
        self.chats: dict[int, Chat] = {}
        self.commands: dict[tuple[str, str], Commands] = {}
        self.menu_button: Json = {"type": "commands"}
        self.queries: dict[str, Query] = {}
        self.mailbox = Mailbox(world.clock, first_id=FIRST_UPDATE_ID)
        self.courier = Courier(self.mailbox, world.clock, pace=world.webhook_pace)
        self._message_ids = itertools.count(1)
        self._query_ids = itertools.count(self.id * 1_000_003)

    def as_user(self) -> Json:
        """Return the User object."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    def chat_with(self, account: Account) -> Chat:
        """Return the chat with this account, opened if there is none yet."""
        chat = self.chats.get(account.id)
        if chat is None:
            chat = self.chats[account.id] = Chat(account, self.world.watchers)
        return chat

    def chat_to_write(self, asked: Parameters) -> Chat:
        """Return the chat in `chat_id`; refuses one that this bot may not write to."""
        chat = self.known_chat(asked.integer("chat_id"))
        if chat.account.deactivated:
            raise forbidden("user is deactivated")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def known_chat(self, chat_id: int) -> Chat:
        """Return the chat with somebody who started this bot or whom it met; refuses all others."""
        chat = self.chats.get(chat_id)
        if chat is None or not (chat.started or chat.met):
            raise bad_request("chat not found")
        return chat

    def meet(self, account_id: int) -> None:
        """Learn of an account, from a contact card or a forwarded message, without being started by it."""
        account = self.world.accounts.get(account_id)
        if account:
            self.chat_with(account).met = True

    def post(self, chat: Chat, content: Json, *, by_bot: bool, **facts: Any) -> Json:
        """Put a new message into a chat and return its object."""
        sender = self.as_user() if by_bot else chat.account.as_user()
        raw = {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": chat.account.as_chat(),
            "date": int(self.world.clock.timestamp()),
            **content,
        }
        return chat.add(Message(raw, by_bot, **facts))

    def press(self, chat: Chat, message: Message, data: str) -> Query:
        """Queue the press of an inline button and return its query."""
        query = Query(str(next(self._query_ids)), chat, self.world.clock.timestamp())
        self.queries[query.id] = query
        pressed = {
            "id": query.id,
            "from": chat.account.as_user(),
            "message": message.raw,
            "chat_instance": str(self.id * 7 + chat.account.id),
            "data": data,
        }
        self.mailbox.put("callback_query", pressed, ("user", chat.account.id))
        return query

    def open_query(self, query_id: str) -> Query:
        """Take out a query that waits for its answer; refuses one that is unknown, answered or too old."""
        query = self.queries.pop(query_id, None)
        lifetime = self.world.query_lifetime.total_seconds()
        if query is None or self.world.clock.timestamp() - query.asked_at > lifetime:
            raise bad_request(QUERY_TOO_OLD)
        return query

    def commands_for(self, account: Account) -> Commands:
        """Return the commands this person sees: those of the chat, of private chats, or the default ones."""
        language = account.language_code[:2]
        for scope in (f"chat:{account.id}", "all_private_chats", "default"):
            for key in ((scope, language), (scope, "")):
                if key in self.commands:
                    return self.commands[key]
        return []
