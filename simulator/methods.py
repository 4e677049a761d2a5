"""The methods this Bot API knows, by their lower-case names (Telegram does not mind the case)."""

from collections.abc import Awaitable, Callable
from typing import Any

from simulator import editing, receiving, sending, settings
from simulator.bots import Bot
from simulator.parameters import Parameters

Method = Callable[[Bot, Parameters], Any]
WaitingMethod = Callable[[Bot, Parameters], Awaitable[Any]]

SENDING: dict[str, Method] = {
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendVoice": sending.send_voice,
    "sendMediaGroup": sending.send_media_group,
    "sendLocation": sending.send_location,
    "sendContact": sending.send_contact,
}
EDITING: dict[str, Method] = {
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "answerCallbackQuery": editing.answer_callback_query,
}
SETTINGS: dict[str, Method] = {
    "getMe": settings.get_me,
    "getChat": settings.get_chat,
    "getFile": settings.get_file,
    "sendChatAction": settings.send_chat_action,
    "setMyCommands": settings.set_my_commands,
    "getMyCommands": settings.get_my_commands,
    "deleteMyCommands": settings.delete_my_commands,
    "setChatMenuButton": settings.set_chat_menu_button,
    "getChatMenuButton": settings.get_chat_menu_button,
    "setMyName": settings.set_my_name,
    "setMyDescription": settings.set_my_description,
    "setMyShortDescription": settings.set_my_short_description,
}
RECEIVING: dict[str, WaitingMethod] = {
    "getUpdates": receiving.get_updates,
    "setWebhook": receiving.set_webhook,
    "deleteWebhook": receiving.delete_webhook,
    "getWebhookInfo": receiving.get_webhook_info,
}

AT_ONCE = SENDING | EDITING | SETTINGS
NAMES = {name.lower(): name for name in (*AT_ONCE, *RECEIVING)}


async def perform(name: str, bot: Bot, asked: Parameters) -> Any:
    """Run a known method and return its result."""
    method = AT_ONCE.get(name)
    return method(bot, asked) if method else await RECEIVING[name](bot, asked)
