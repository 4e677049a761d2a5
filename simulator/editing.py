"""The methods that change or delete messages, and the answers to taps."""

from datetime import timedelta

from simulator.bots import Bot
from simulator.chats import Chat, Json, Message, Toast
from simulator.formatting import utf16_length
from simulator.keyboards import is_inline, read_keyboard
from simulator.parameters import Parameters
from simulator.refusals import NOT_MODIFIED, Refusal, bad_request
from simulator.sending import read_caption, read_media, read_text

DELETABLE = timedelta(hours=48)
LONGEST_TOAST = 200
CAPTIONED = {"photo", "document", "voice"}
MEDIA_CHANGES = {"text", "photo", "document"}
WORDS = ("text", "entities", "caption", "caption_entities", "photo", "document", "reply_markup")


def edit_message_text(bot: Bot, asked: Parameters) -> Json:
    """Change a text; without `reply_markup` its buttons go."""
    content = read_text(asked)
    chat, message = _to_edit(bot, asked)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    return _edit(bot, chat, message, asked, without=("text", "entities"), content=content)


def edit_message_caption(bot: Bot, asked: Parameters) -> Json:
    """Change or drop a caption."""
    content = read_caption(asked)
    chat, message = _to_edit(bot, asked)
    if message.kind not in CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    return _edit(bot, chat, message, asked, without=("caption", "caption_entities"), content=content)


def edit_message_media(bot: Bot, asked: Parameters) -> Json:
    """Put another picture or file in the place of the text, picture or file."""
    media = asked.json("media")
    if not isinstance(media, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    chat, message = _to_edit(bot, asked)
    if message.kind not in MEDIA_CHANGES:
        raise bad_request("message can't be edited")
    content = read_media(bot, asked.part(media))
    return _edit(bot, chat, message, asked, without=WORDS, content=content)


def edit_message_reply_markup(bot: Bot, asked: Parameters) -> Json:
    """Change or drop the buttons."""
    chat, message = _to_edit(bot, asked)
    return _edit(bot, chat, message, asked, without=(), content={})


def delete_message(bot: Bot, asked: Parameters) -> bool:
    """Delete a message for both sides; one older than 48 hours stays."""
    _delete(bot, bot.known_chat(asked.integer("chat_id")), asked.integer("message_id"))
    return True


def delete_messages(bot: Bot, asked: Parameters) -> bool:
    """Delete several messages; those that cannot be found are skipped."""
    chat = bot.known_chat(asked.integer("chat_id"))
    for message_id in asked.json("message_ids", []):
        if message_id in chat.messages:
            _delete(bot, chat, message_id)
    return True


def answer_callback_query(bot: Bot, asked: Parameters) -> bool:
    """Answer a tap, once and in time."""
    text = asked.text("text")
    if utf16_length(text) > LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    query = bot.open_query(asked.text("callback_query_id"))
    query.chat.toast(query, Toast(text, asked.flag("show_alert")))
    return True


def _to_edit(bot: Bot, asked: Parameters) -> tuple[Chat, Message]:
    chat = bot.chat_to_write(asked)
    message = chat.messages.get(asked.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    # Only messages of the bot's own, and of these none that carried a keyboard for the input field.
    if not message.by_bot or message.had_reply_keyboard:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(
    bot: Bot, chat: Chat, message: Message, asked: Parameters, *, without: tuple[str, ...], content: Json
) -> Json:
    keyboard = read_keyboard(asked.values.get("reply_markup"))
    if keyboard and not is_inline(keyboard):
        raise _inline_expected()
    kept = {key: value for key, value in message.raw.items() if key not in {*without, "reply_markup", "edit_date"}}
    raw = kept | content | ({"reply_markup": keyboard} if keyboard else {})
    if raw == {key: value for key, value in message.raw.items() if key != "edit_date"}:
        raise bad_request(NOT_MODIFIED)
    return chat.replace(message, raw | {"edit_date": int(bot.world.clock.timestamp())})


def _inline_expected() -> Refusal:
    return bad_request("inline keyboard expected")


def _delete(bot: Bot, chat: Chat, message_id: int) -> None:
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if bot.world.clock.timestamp() - message.raw["date"] > DELETABLE.total_seconds():
        raise bad_request("message can't be deleted for everyone")
    chat.remove(message)
