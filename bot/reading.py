"""Reading: from Telegram's update to an event of ours, or to nothing.

Only private chats with people are heard. Groups, channels, other bots and Telegram's own service accounts
never become a person.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from telegram import (
    Audio,
    CallbackQuery,
    ChatMemberUpdated,
    Document,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    PhotoSize,
    Update,
    User,
    Video,
    VideoNote,
    Voice,
)
from telegram.constants import ChatID, ChatType

from dialog import events
from dialog.events import Card, Command, Edit, Event, File, Spot, Tap
from dialog.words import clean
from models.attachment import FileKind

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
MOST_NAME = 64
Part = PhotoSize | Voice | Document | Video | Audio | VideoNote
_OF_THE_CHAT = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "chat_background_set",
    "write_access_allowed",
    "connected_website",
    "proximity_alert_triggered",
    "successful_payment",
    "refunded_payment",
    "users_shared",
    "chat_shared",
)
"""What Telegram tells of a chat as a message in it, though nobody has said anything."""
_NOBODY = frozenset({ChatID.ANONYMOUS_ADMIN, ChatID.FAKE_CHANNEL, ChatID.SERVICE_CHAT})


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update that a person caused. ``query_id`` is set when a tap waits for its answer."""

    update_id: int
    digest: int
    telegram_id: int
    name: str
    language_code: str | None
    event: Event
    query_id: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The person blocked the bot, or let it back in."""

    update_id: int
    digest: int
    telegram_id: int
    blocked: bool


def read(update: Update, digest: int) -> Arrival | Membership | None:
    """Return what the update means, or None when it is none of our business."""
    user = update.effective_user
    chat = update.effective_chat
    if user is None or user.is_bot or user.id in _NOBODY or chat is None or chat.type != ChatType.PRIVATE:
        return None
    if update.my_chat_member:
        return Membership(update.update_id, digest, user.id, _left(update.my_chat_member))
    event = _event(update)
    if event is None:
        return None
    query = update.callback_query
    return Arrival(
        update.update_id, digest, user.id, display_name(user), user.language_code, event, query.id if query else None
    )


def display_name(user: User) -> str:
    """Return the person's name without what could deceive or break a screen, at most 64 characters."""
    name = clean(unicodedata.normalize("NFC", user.full_name or ""), line=True)[:MOST_NAME]
    return name or f"#{user.id}"


def _left(change: ChatMemberUpdated) -> bool:
    return change.new_chat_member.status in {"kicked", "left"}


def _event(update: Update) -> Event | None:
    if update.callback_query:
        return _tap(update.callback_query)
    if update.edited_message:
        return _edit(update.edited_message)
    return _message(update.message) if update.message else None


def _tap(query: CallbackQuery) -> Tap | None:
    if query.data is None or query.message is None:
        return None
    pictured = isinstance(query.message, Message) and bool(query.message.photo)
    return Tap(query.data, query.message.message_id, pictured)


def _edit(message: Message) -> Edit | None:
    if message.text and message.text.startswith("/"):
        return Edit(message.message_id, _command(message).argument)
    text = message.text or message.caption
    return Edit(message.message_id, text) if text is not None else None


def _message(message: Message) -> Event | None:
    if any(getattr(message, what, None) for what in _OF_THE_CHAT):
        return None
    text = message.text or message.caption or ""
    if message.text and message.text.startswith("/"):
        return _command(message)
    return events.Message(
        message_id=message.message_id,
        text=text,
        file=_file(message),
        album=message.media_group_id,
        spot=Spot(message.location.latitude, message.location.longitude) if message.location else None,
        card=_card(message),
        forwarded_from=_forwarded_from(message),
    )


def _command(message: Message) -> Command:
    head, *rest = (message.text or "/").split(maxsplit=1)
    name = head[1:].partition("@")[0].lower()
    return Command(name, rest[0].strip() if rest else "", message.message_id)


def _file(message: Message) -> File | None:
    found = _part(message)
    if found is None:
        return None
    kind, part = found
    return File(
        kind,
        part.file_id,
        part.file_unique_id,
        clean(getattr(part, "file_name", None) or "", line=True)[:200],
        message.media_group_id,
        message.message_id,
        part.file_size,
    )


def _part(message: Message) -> tuple[FileKind, Part] | None:
    for kind, part in (
        (FileKind.PHOTO, message.photo[-1] if message.photo else None),
        (FileKind.VOICE, message.voice),
        (FileKind.DOCUMENT, message.document),
        (FileKind.VIDEO, message.video),
        (FileKind.DOCUMENT, message.audio),
        (FileKind.VIDEO, message.video_note),
    ):
        if part:
            return kind, part
    return None


def _card(message: Message) -> Card | None:
    card = message.contact
    if card is None:
        return None
    name = " ".join(part for part in (card.first_name, card.last_name) if part)
    return Card(clean(name, line=True)[:MOST_NAME], card.phone_number, card.user_id)


def _forwarded_from(message: Message) -> str | None:
    """Return whose words these were: a person's, a hidden person's, a group's or a channel's."""
    match message.forward_origin:
        case None:
            return None
        case MessageOriginUser(sender_user=user):
            return display_name(user)
        case MessageOriginHiddenUser(sender_user_name=name):
            return _label(name)
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            return _label(chat.title)
    return "?"


def _label(name: str | None) -> str:
    return clean(name or "", line=True)[:MOST_NAME] or "?"
