"""Accounts, and the private chats they have with bots."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.keyboards import Keyboard, is_inline
from simulator.signals import Signal

Json = dict[str, Any]
CONTENT = ("text", "photo", "document", "voice", "location", "contact", "sticker")


@dataclass(slots=True, eq=False)
class Account:
    """A person's account. `deactivated` makes every message to it fail."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    deactivated: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def as_user(self) -> Json:
        """Return the User object."""
        user = {"id": self.id, "is_bot": False} | self._names()
        return user | {"language_code": self.language_code} if self.language_code else user

    def as_chat(self) -> Json:
        """Return the Chat object of a private chat with this person."""
        return {"id": self.id, "type": "private"} | self._names()

    def _names(self) -> Json:
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: name for key, name in names.items() if name or key == "first_name"}


@dataclass(slots=True, eq=False)
class Message:
    """One message. `raw` is the Bot API's object and is replaced, never changed, when the message is edited."""

    raw: Json
    by_bot: bool
    silent: bool = False
    had_reply_keyboard: bool = False
    revision: int = 0

    @property
    def id(self) -> int:
        """The message's number."""
        return int(self.raw["message_id"])

    @property
    def kind(self) -> str:
        """What it is: text, photo, document, voice, location, contact or sticker."""
        return next((kind for kind in CONTENT if kind in self.raw), "other")


@dataclass(slots=True, frozen=True)
class Toast:
    """What a bot answered to a tap: a passing line, or an alert that must be closed."""

    text: str
    alert: bool


@dataclass(slots=True, eq=False)
class Query:
    """One press of an inline button, waiting for its answer."""

    id: str
    chat: "Chat"
    asked_at: float
    toast: Toast | None = None
    answered: Signal = field(default_factory=Signal)


Watcher = Callable[[str, "Chat", Any], None]


class Chat:
    """Everything that one account and one bot have said to each other, and what stands around it."""

    def __init__(self, account: Account, watchers: list[Watcher]) -> None:
        self.account = account
        self.messages: dict[int, Message] = {}
        self.started = False
        self.blocked = False
        self.met = False
        self.reply_keyboard: Keyboard | None = None
        self.menu_button: Json | None = None
        self.toasts: list[Toast] = []
        self.revision = 0
        self.changed = Signal()
        self._watchers = watchers

    def add(self, message: Message) -> Json:
        """Append a message and return its object."""
        self.messages[message.raw["message_id"]] = message
        self.touch(message)
        return message.raw

    def replace(self, message: Message, raw: Json) -> Json:
        """Give an edited message its new object and return it."""
        message.raw = raw
        self.touch(message)
        return raw

    def remove(self, message: Message) -> None:
        """Delete a message for both sides."""
        del self.messages[message.id]
        self.tell("gone", message.id)

    def touch(self, message: Message) -> None:
        """Tell everybody that this message is new or changed."""
        self.revision += 1
        message.revision = self.revision
        self.tell("message", message)

    def tell(self, event: str, content: Any = None) -> None:
        """Tell the page and whoever waits at this phone."""
        self.changed.fire()
        for watcher in self._watchers:
            watcher(event, self, content)

    def show_keyboard(self, keyboard: Keyboard | None) -> None:
        """Put up or take down the keyboard under the input, as a sent `reply_markup` asks."""
        if keyboard is None or is_inline(keyboard):
            return
        self.reply_keyboard = keyboard if "keyboard" in keyboard else None
        self.tell("phone")

    def toast(self, query: Query, toast: Toast) -> None:
        """Show the answer to a tap."""
        query.toast = toast
        self.toasts.append(toast)
        query.answered.fire()
        self.tell("toast", toast)
