"""The methods about the bot itself: who it is, its commands, its menu, whom it talks to, its files."""

import re
from typing import Any

from simulator.bots import Bot, Commands
from simulator.chats import Json
from simulator.parameters import Parameters
from simulator.refusals import bad_request

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_SHARED_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}


def get_me(bot: Bot, _asked: Parameters) -> Json:
    """Say who the bot is."""
    return bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(bot: Bot, asked: Parameters) -> Json:
    """Describe a chat."""
    chat = bot.known_chat(asked.integer("chat_id"))
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    return chat.account.as_chat() | {
        "accent_color_id": chat.account.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
    }


def send_chat_action(bot: Bot, asked: Parameters) -> bool:
    """Show "typing…"."""
    bot.chat_to_write(asked).tell("typing", asked.text("action"))
    return True


def get_file(bot: Bot, asked: Parameters) -> Json:
    """Say where a file can be downloaded."""
    return bot.world.files.to_download(bot.id, asked.text("file_id")).as_file()


def set_my_commands(bot: Bot, asked: Parameters) -> bool:
    """Set the commands of one scope and language."""
    bot.commands[_scope(bot, asked), _language(asked)] = _checked_commands(asked.json("commands", []))
    _commands_changed(bot)
    return True


def get_my_commands(bot: Bot, asked: Parameters) -> Commands:
    """Return the commands of exactly this scope and language."""
    return bot.commands.get((_scope(bot, asked), _language(asked)), [])


def delete_my_commands(bot: Bot, asked: Parameters) -> bool:
    """Drop the commands of one scope and language, so that wider ones show again."""
    bot.commands.pop((_scope(bot, asked), _language(asked)), None)
    _commands_changed(bot)
    return True


def set_chat_menu_button(bot: Bot, asked: Parameters) -> bool:
    """Set the menu button of one chat, or of all."""
    button = asked.json("menu_button", {"type": "default"})
    if asked.integer("chat_id"):
        bot.known_chat(asked.integer("chat_id")).menu_button = button
    else:
        bot.menu_button = button
    return True


def get_chat_menu_button(bot: Bot, asked: Parameters) -> Json:
    """Return the menu button of one chat, or of all."""
    own = bot.known_chat(asked.integer("chat_id")).menu_button if asked.integer("chat_id") else None
    return own or bot.menu_button


def set_my_name(bot: Bot, asked: Parameters) -> bool:
    """Rename the bot; a name for one language only is accepted and not shown."""
    if asked.text("name") and not _language(asked):
        bot.name = asked.text("name")
        _commands_changed(bot)
    return True


def set_my_description(bot: Bot, asked: Parameters) -> bool:
    """Set what an empty chat shows above START."""
    if not _language(asked):
        bot.description = asked.text("description")
        _commands_changed(bot)
    return True


def set_my_short_description(bot: Bot, asked: Parameters) -> bool:
    """Set what the bot's profile shows."""
    if not _language(asked):
        bot.short_description = asked.text("short_description")
    return True


def _scope(bot: Bot, asked: Parameters) -> str:
    scope = asked.json("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind in _SHARED_SCOPES:
        return str(kind)
    if kind != "chat":
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return f"chat:{bot.known_chat(int(scope.get('chat_id', 0))).account.id}"


def _language(asked: Parameters) -> str:
    code = asked.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _checked_commands(commands: Any) -> Commands:
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_checked_command(command) for command in commands]


def _checked_command(command: Any) -> dict[str, str]:
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", ""))
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _commands_changed(bot: Bot) -> None:
    for chat in bot.chats.values():
        chat.tell("phone")
