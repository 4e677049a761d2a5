"""The command menu: what Telegram shows behind the slash, by role and language.

Everybody's menu is set for all private chats; a person's own, by her role, when she joins or changes.
"""

from __future__ import annotations

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from dialog.talk import House
from dialog.words import Label, Words, _
from models.person import GRANTS, Person, Role

log = structlog.get_logger()
_SHORT = {"zh_CN": "zh", "en": "en"}
_CANCEL = ("cancel", _("Cancel what is under way"))


async def announce(bot: Bot, house: House) -> None:
    """Set the menu every stranger and customer sees, in each language."""
    scope = BotCommandScopeAllPrivateChats()
    for code in ("", *_SHORT.values()):
        words = house.languages.get(_language(code), house.words_for(None))
        listed = menu(house, Role.CUSTOMER, words)
        await bot.set_my_commands(listed, scope=scope, language_code=code or None)


async def announce_to(bot: Bot, house: House, person: Person) -> None:
    """Set a person's own menu, in her language. A refusal is no more than a menu of yesterday."""
    if person.telegram_id is None:
        return
    scope = BotCommandScopeChat(person.telegram_id)
    try:
        await bot.set_my_commands(menu(house, person.role, house.words_for(person)), scope=scope)
    except TelegramError as error:
        log.warning("commands.refused", person=person.id, because=type(error).__name__)


def menu(house: House, role: Role, words: Words) -> list[BotCommand]:
    """Return the commands a role may use, described in a language."""
    found: list[tuple[str, Label]] = [*house.book.commands_with(GRANTS[role]), _CANCEL]
    return [BotCommand(name, words.say(title)) for name, title in found]


def _language(code: str) -> str:
    return next((language for language, short in _SHORT.items() if short == code), "")
