"""The methods that put new messages into a chat."""

import itertools
from typing import Any

from simulator.bots import Bot
from simulator.chats import Chat, Json
from simulator.files import StoredFile, Upload
from simulator.formatting import Formatted, utf16_length
from simulator.keyboards import Keyboard, is_inline, read_keyboard
from simulator.parameters import Parameters
from simulator.refusals import bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_SOURCE = 1 << 15
MOST_IN_ALBUM = 10

_album_numbers = itertools.count(13_000_000_000_000_001)


def send_message(bot: Bot, asked: Parameters) -> Json:
    """Send a text."""
    content = read_text(asked)
    return _send(bot, asked, content)


def send_photo(bot: Bot, asked: Parameters) -> Json:
    """Send a picture."""
    return _send_file(bot, asked, "photo")


def send_document(bot: Bot, asked: Parameters) -> Json:
    """Send a file."""
    return _send_file(bot, asked, "document")


def send_voice(bot: Bot, asked: Parameters) -> Json:
    """Send a voice message."""
    return _send_file(bot, asked, "voice")


def send_location(bot: Bot, asked: Parameters) -> Json:
    """Send a place."""
    return _send(bot, asked, {"location": place(asked.number("latitude"), asked.number("longitude"))})


def send_contact(bot: Bot, asked: Parameters) -> Json:
    """Send a contact card."""
    contact = {key: asked.text(key) for key in ("phone_number", "first_name", "last_name") if asked.text(key)}
    if "phone_number" not in contact:
        raise bad_request("phone number is empty")
    if "first_name" not in contact:
        raise bad_request("first name is empty")
    return _send(bot, asked, {"contact": contact})


def send_media_group(bot: Bot, asked: Parameters) -> list[Json]:
    """Send an album; nothing is sent unless all of it can be."""
    media = asked.json("media")
    if not isinstance(media, list) or not media:
        raise bad_request("there are no messages to send")
    if len(media) > MOST_IN_ALBUM:
        raise bad_request("too many messages to send as an album")
    chat = bot.chat_to_write(asked)
    contents = [read_media(bot, asked.part(item)) for item in media]
    kinds = {kind for content in contents for kind in ("photo", "document") if kind in content}
    if len(kinds) > 1:
        raise bad_request("document can't be mixed with other media types")
    album = {"media_group_id": str(next(_album_numbers))} if len(media) > 1 else {}
    return [_post(bot, chat, asked, content | album, None) for content in contents]


def read_text(asked: Parameters) -> Json:
    """Return the text content of a message; refuses an empty or too long one."""
    if not asked.text("text"):
        raise bad_request("message text is empty")
    if len(asked.text("text").encode("utf-8", "surrogatepass")) > LONGEST_SOURCE:
        raise bad_request("text is too long")
    text, entities = asked.formatted("text")
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def read_caption(asked: Parameters) -> Json:
    """Return the caption content of a message, nothing if there is none; refuses a too long one."""
    if not asked.text("caption"):
        return {}
    return caption(asked.formatted("caption"))


def caption(formatted: Formatted) -> Json:
    """Return the caption content for a formatted text."""
    text, entities = formatted
    if utf16_length(text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def read_media(bot: Bot, item: Parameters) -> Json:
    """Return the content of one InputMedia: a photo or a document with its caption."""
    kind = item.text("type")
    if kind not in {"photo", "document"}:
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    return file_content(_file(bot, item, "media", kind)) | read_caption(item)


def file_content(file: StoredFile) -> Json:
    """Return what a message with this file holds."""
    if file.kind == "photo":
        return {"photo": file.as_photo_sizes()}
    return {"voice": file.as_voice()} if file.kind == "voice" else {"document": file.as_document()}


def place(latitude: float, longitude: float) -> Json:
    """Return a Location; refuses what is not on Earth."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong latitude or longitude specified")
    return {"latitude": latitude, "longitude": longitude}


def _send_file(bot: Bot, asked: Parameters, kind: str) -> Json:
    words = read_caption(asked)
    chat = bot.chat_to_write(asked)
    content = file_content(_file(bot, asked, kind, kind)) | words
    return _post(bot, chat, asked, content, read_keyboard(asked.values.get("reply_markup")))


def _file(bot: Bot, asked: Parameters, parameter: str, kind: str) -> StoredFile:
    """Return the file a parameter names: uploaded with the call, or one the bot knows already."""
    upload = _upload(asked, parameter)
    if upload:
        return bot.world.files.keep(bot.id, kind, upload, seconds=asked.integer("duration"))
    given = asked.text(parameter)
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    file = bot.world.files.known_to(bot.id, given)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return file


def _upload(asked: Parameters, parameter: str) -> Upload | None:
    name = asked.text(parameter)
    return asked.uploads.get(name.removeprefix("attach://") if name.startswith("attach://") else parameter)


def _send(bot: Bot, asked: Parameters, content: Json) -> Json:
    keyboard = read_keyboard(asked.values.get("reply_markup"))
    return _post(bot, bot.chat_to_write(asked), asked, content, keyboard)


def _post(bot: Bot, chat: Chat, asked: Parameters, content: Json, keyboard: Keyboard | None) -> Json:
    extra: Json = _reply(chat, asked)
    if asked.flag("protect_content"):
        extra["has_protected_content"] = True
    if is_inline(keyboard):
        extra["reply_markup"] = keyboard
    silent = asked.flag("disable_notification")
    has_reply_keyboard = keyboard is not None and not is_inline(keyboard)
    raw = bot.post(chat, content | extra, by_bot=True, silent=silent, had_reply_keyboard=has_reply_keyboard)
    chat.show_keyboard(keyboard)
    return raw


def _reply(chat: Chat, asked: Parameters) -> dict[str, Any]:
    wanted = asked.json("reply_parameters")
    if not wanted:
        return {}
    message = chat.messages.get(int(wanted.get("message_id", 0)))
    if message:
        return {"reply_to_message": {key: value for key, value in message.raw.items() if key != "reply_to_message"}}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")
