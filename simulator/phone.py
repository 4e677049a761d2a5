"""A phone in somebody's hand: what a person can do in the chat with a bot, and see there."""

import asyncio
import itertools
import re
from collections.abc import Callable, Sequence
from urllib.parse import parse_qs, urlsplit

from simulator.bots import Bot, Commands
from simulator.bubbles import Bubble
from simulator.chats import Account, Chat, Json, Message, Toast
from simulator.files import StoredFile, Upload
from simulator.formatting import Entity, recognise
from simulator.sending import file_content, place

PATIENCE = 15.0
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
_album_numbers = itertools.count(14_000_000_000_000_001)

Condition = str | Callable[[Bubble], bool]


class PhoneRefuses(Exception):
    """Something that the Telegram app would not let this person do."""


class Phone:
    """One account's chat with one bot.

    The page knows it by its `key` and shows the `legend` beside the name.
    """

    def __init__(self, account: Account, bot: Bot, *, key: str, legend: str = "") -> None:
        self.key = key
        self.account = account
        self.bot = bot
        self.legend = legend
        self.chat: Chat = bot.chat_with(account)
        self._acted_at = 0

    # What the person sees

    @property
    def messages(self) -> list[Bubble]:
        """The bubbles of both sides, in order."""
        return [self._bubble(message) for message in self.chat.messages.values()]

    @property
    def last(self) -> Bubble:
        """The newest bubble."""
        return self._bubble(next(reversed(self.chat.messages.values())))

    @property
    def news(self) -> list[Bubble]:
        """The bot's bubbles that came or changed since this person's last act."""
        return [
            self._bubble(message)
            for message in self.chat.messages.values()
            if message.by_bot and message.revision > self._acted_at
        ]

    @property
    def toasts(self) -> list[Toast]:
        """What the bot answered to taps, in order."""
        return self.chat.toasts

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the keyboard under the input, row by row."""
        rows = (self.chat.reply_keyboard or {}).get("keyboard", [])
        return [[str(button["text"]) for button in row] for row in rows]

    @property
    def title(self) -> str:
        """The name at the top of the chat: the bot's."""
        return self.bot.name

    @property
    def commands(self) -> Commands:
        """The commands in the menu, as this person sees them."""
        return self.bot.commands_for(self.account)

    @property
    def started(self) -> bool:
        """Whether START was pressed."""
        return self.chat.started

    @property
    def blocked(self) -> bool:
        """Whether the person blocked the bot."""
        return self.chat.blocked

    async def waits_for(self, condition: Condition, timeout: float = PATIENCE) -> Bubble:  # noqa: ASYNC109
        """Return the newest bubble of the bot's that fits, waiting for it.

        Only bubbles that came or changed since this person's last act count. A text fits if the bubble contains it.
        Raises TimeoutError with what was there instead.
        """
        try:
            async with asyncio.timeout(timeout):
                while (found := self._find(condition)) is None:
                    await self.chat.changed.wait()
        except TimeoutError:
            seen = "\n".join(map(repr, self.messages[-8:]))
            wanted = repr(condition) if isinstance(condition, str) else "what fits"
            raise TimeoutError(f"{self.account.name} waited {timeout} s for {wanted}; there was\n{seen}") from None
        return found

    # What the person does

    async def start(self, payload: str | None = None) -> Bubble:
        """Press START, or follow a deep link with a payload of at most 64 characters."""
        if payload and not _PAYLOAD.fullmatch(payload):
            raise PhoneRefuses(f"a deep link cannot carry {payload!r}")
        if self.chat.blocked:
            await self.unblock()
        self._open()
        return self._send(_text(f"/start {payload}" if payload else "/start"))

    async def follow(self, link: str) -> Bubble:
        """Open `https://t.me/<this bot>?start=<payload>`."""
        address = urlsplit(link if "://" in link else f"https://{link}")
        if address.path.strip("/").lower() != self.bot.username.lower():
            raise PhoneRefuses(f"{link} does not lead to @{self.bot.username}")
        return await self.start(parse_qs(address.query).get("start", [""])[0])

    async def say(self, text: str) -> Bubble:
        """Send a text."""
        if text.partition(" ")[0] == "/start":
            self._open()
        return self._send(_text(text))

    async def tap(self, button: str, message: Bubble | int | None = None, timeout: float = PATIENCE) -> str | None:  # noqa: ASYNC109
        """Tap a button by its label or callback data: in this message, or in the newest that has it.

        Returns the toast that the bot answered with, empty if it answered without words, None if it did not
        answer in time. A button of the keyboard under the input sends its text and returns None at once.
        """
        where = self._with_button(button, message)
        if where is None:
            await self.tap_keyboard(button)
            return None
        found = where.button(button) or {}
        if "callback_data" not in found:
            raise PhoneRefuses(f"{button!r} opens {found.get('url')}: follow it")
        return await self.press(where.id, found["callback_data"], timeout)

    async def tap_keyboard(self, label: str) -> None:
        """Tap a button of the keyboard under the input."""
        rows = (self.chat.reply_keyboard or {}).get("keyboard", [])
        found = next((button for row in rows for button in row if button["text"] == label), None)
        if found is None:
            seen = [bubble.buttons for bubble in self.messages if bubble.buttons]
            raise PhoneRefuses(f"no button {label!r}; there were {seen} and {self.keyboard}")
        if found.get("request_contact"):
            await self.contact(self.account.first_name, f"+86139{self.account.id:08d}", self.account.id)
        elif found.get("request_location"):
            await self.place(31.2304, 121.4737)
        else:
            await self.say(label)
        if self.chat.reply_keyboard and self.chat.reply_keyboard.get("one_time_keyboard"):
            self.chat.show_keyboard({"remove_keyboard": True})

    async def press(self, message_id: int, data: str, timeout: float = PATIENCE) -> str | None:  # noqa: ASYNC109
        """Send any callback data from any message, as a forged client could; returns what `tap` returns."""
        self._act()
        query = self.bot.press(self.chat, self.chat.messages[message_id], data)
        try:
            async with asyncio.timeout(timeout):
                while query.toast is None:
                    await query.answered.wait()
        except TimeoutError:
            return None
        return query.toast.text

    async def photo(self, content: bytes, caption: str = "", *, name: str = "photo.jpg") -> Bubble:
        """Send a picture."""
        return self._send(file_content(self._keep("photo", content, name)) | _caption(caption))

    async def album(self, pictures: Sequence[bytes], caption: str = "") -> list[Bubble]:
        """Send several pictures together; the first carries the caption."""
        album = {"media_group_id": str(next(_album_numbers))}
        files = [self._keep("photo", content, "photo.jpg") for content in pictures]
        captions = [_caption(caption), *[{}] * (len(files) - 1)]
        return [self._send(file_content(file) | album | words) for file, words in zip(files, captions, strict=True)]

    async def voice(self, content: bytes, seconds: int = 3) -> Bubble:
        """Send a voice message."""
        return self._send(file_content(self._keep("voice", content, "voice.oga", seconds)))

    async def document(self, name: str, content: bytes, caption: str = "") -> Bubble:
        """Send a file."""
        return self._send(file_content(self._keep("document", content, name)) | _caption(caption))

    async def place(self, latitude: float, longitude: float) -> Bubble:
        """Send a place."""
        return self._send({"location": place(latitude, longitude)})

    async def contact(self, name: str, phone: str, user_id: int | None = None) -> Bubble:
        """Send a contact card; the person's own if `user_id` is the own one."""
        contact: Json = {"phone_number": phone, "first_name": name}
        if user_id is not None:
            contact["user_id"] = user_id
            self.bot.meet(user_id)
        return self._send({"contact": contact})

    async def sticker(self, emoji: str = "👍") -> Bubble:
        """Send a sticker."""
        file = self._keep("document", emoji.encode(), "sticker.webp")
        described = {key: value for key, value in file.as_document().items() if key.startswith("file_")}
        described.pop("file_name")
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._send({"sticker": described | shape | {"emoji": emoji}})

    async def forward(self, text: str, from_name: str, *, from_account: Account | None = None) -> Bubble:
        """Forward a text of somebody who hides behind a name, or of an account."""
        return self._send(_text(text) | self._origin(from_name, from_account))

    async def forward_message(self, bubble: Bubble) -> Bubble:
        """Forward a bubble of this or another phone into this chat; its buttons stay behind."""
        if bubble.protected:
            raise PhoneRefuses("the bot protects this message")
        dropped = {"message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message"}
        content = {key: value for key, value in bubble.raw.items() if key not in dropped}
        sender = bubble.raw["from"]
        origin = {"type": "user", "sender_user": sender, "date": bubble.raw["date"]}
        return self._send(content | {"forward_origin": origin})

    async def edit(self, message: Bubble | int, text: str) -> Bubble:
        """Change the text or caption of an own message."""
        edited = self.chat.messages[message if isinstance(message, int) else message.id]
        if edited.by_bot:
            raise PhoneRefuses("only own messages can be edited")
        self._act()
        words = _text(text) if edited.kind == "text" else _caption(text)
        kept = {key: value for key, value in edited.raw.items() if key not in {"entities", "caption_entities"}}
        raw = self.chat.replace(edited, kept | words | {"edit_date": int(self.bot.world.clock.timestamp())})
        self.bot.mailbox.put("edited_message", raw, ("chat", self.account.id))
        return self._bubble(edited)

    async def block(self) -> None:
        """Block the bot."""
        self._set_blocked(blocked=True)

    async def unblock(self) -> None:
        """Unblock the bot."""
        self._set_blocked(blocked=False)

    def _bubble(self, message: Message) -> Bubble:
        return Bubble(message, self.bot.world.files)

    def _find(self, condition: Condition) -> Bubble | None:
        for bubble in reversed(self.news):
            if condition in bubble.text if isinstance(condition, str) else condition(bubble):
                return bubble
        return None

    def _with_button(self, button: str, message: Bubble | int | None) -> Bubble | None:
        if message is None:
            return next((bubble for bubble in reversed(self.messages) if bubble.button(button)), None)
        bubble = message if isinstance(message, Bubble) else self._bubble(self.chat.messages[message])
        if not bubble.button(button):
            raise PhoneRefuses(f"no button {button!r} in {bubble}")
        return bubble

    def _keep(self, kind: str, content: bytes, name: str, seconds: int = 0) -> StoredFile:
        return self.bot.world.files.keep(self.bot.id, kind, Upload(content, name), seconds=seconds)

    def _origin(self, name: str, account: Account | None) -> Json:
        date = int(self.bot.world.clock.timestamp())
        if account is None:
            return {"forward_origin": {"type": "hidden_user", "sender_user_name": name, "date": date}}
        self.bot.meet(account.id)
        return {"forward_origin": {"type": "user", "sender_user": account.as_user(), "date": date}}

    def _open(self) -> None:
        self.chat.started = True
        self.chat.tell("phone")

    def _act(self) -> None:
        if self.chat.blocked:
            raise PhoneRefuses(f"{self.account.name} has blocked the bot")
        if not self.chat.started:
            raise PhoneRefuses(f"{self.account.name} has not pressed START")
        self._acted_at = self.chat.revision

    def _send(self, content: Json) -> Bubble:
        self._act()
        raw = self.bot.post(self.chat, content, by_bot=False)
        self._acted_at = self.chat.revision
        self.bot.mailbox.put("message", raw, ("chat", self.account.id))
        return self._bubble(self.chat.messages[raw["message_id"]])

    def _set_blocked(self, *, blocked: bool) -> None:
        if self.chat.blocked == blocked:
            return
        before, after = (_status(self.chat.blocked), _status(blocked))
        self.chat.blocked = blocked
        me = self.bot.as_user()
        change = {
            "chat": self.account.as_chat(),
            "from": self.account.as_user(),
            "date": int(self.bot.world.clock.timestamp()),
            "old_chat_member": {"user": me, **before},
            "new_chat_member": {"user": me, **after},
        }
        self.bot.mailbox.put("my_chat_member", change, ("member", self.account.id))
        self.chat.tell("phone")


def _text(text: str) -> Json:
    return _words("text", "entities", text)


def _caption(text: str) -> Json:
    return _words("caption", "caption_entities", text) if text else {}


def _words(name: str, formatting: str, text: str) -> Json:
    entities: list[Entity] = recognise(text)
    return {name: text, formatting: entities} if entities else {name: text}


def _status(blocked: bool) -> Json:
    return {"status": "kicked", "until_date": 0} if blocked else {"status": "member"}
