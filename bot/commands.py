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
    """Set the menu every stranger and customer sees, in each language. A refusal leaves yesterday's menu."""
    scope = BotCommandScopeAllPrivateChats()
    for code in ("", *_SHORT.values()):
        words = house.languages.get(_language(code), house.words_for(None))
        listed = menu(house, Role.CUSTOMER, words)
        try:
            await bot.set_my_commands(listed, scope=scope, language_code=code or None)
        except TelegramError as error:
            log.warning("commands.refused", language=code, because=type(error).__name__)


class Menus:
    """Each person's own menu. It follows her role and language at her next event, wherever they were changed."""

    def __init__(self, bot: Bot, house: House) -> None:
        self._bot = bot
        self._house = house
        self._set: dict[int, tuple[Role, str]] = {}

    async def keep(self, person: Person) -> None:
        """Set the person's menu if it is not the one she has. A refusal leaves her yesterday's menu."""
        words = self._house.words_for(person)
        wanted = (person.role, words.language)
        if person.telegram_id is None or self._set.get(person.id) == wanted:
            return
        self._set[person.id] = wanted
        scope = BotCommandScopeChat(person.telegram_id)
        try:
            await self._bot.set_my_commands(menu(self._house, person.role, words), scope=scope)
        except TelegramError as error:
            log.warning("commands.refused", person=person.id, because=type(error).__name__)


def menu(house: House, role: Role, words: Words) -> list[BotCommand]:
    """Return the commands a role may use, described in a language."""
    found: list[tuple[str, Label]] = [*house.book.commands_with(GRANTS[role]), _CANCEL]
    return [BotCommand(name, words.say(title)) for name, title in found]


def _language(code: str) -> str:
    return next((language for language, short in _SHORT.items() if short == code), "")
