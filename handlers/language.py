"""/language: the language the bot speaks with a person, changed at one tap and shown at once."""

from __future__ import annotations

from crm import people
from dialog.page import act, page
from dialog.screen import Act, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.menu import home, to_home
from models.problem import NotFound

OWN_NAMES = {"zh_CN": "中文", "en": "English"}
"""Each language in its own words: whoever is lost in the other one finds the way back."""


@page("/language", command="language", title=_("Language"))
def language_page(talk: Talk) -> Screen:
    """The languages there are; the one in use is marked."""
    spoken = talk.words.language
    buttons = [
        Act(f"✓ {name}" if code == spoken else name, set_language, code)
        for code, name in OWN_NAMES.items()
        if code in talk.house.languages
    ]
    return Screen("language/language", rows=[buttons, [to_home()]])


@act("/language/{code}")
def set_language(talk: Talk, code: str) -> Screen:
    """Speak this language from now on, beginning with the screen that answers."""
    if code not in talk.house.languages:
        raise NotFound
    people.set_language(talk.session, talk.person, code)
    talk.words = talk.house.words_for(talk.person)
    return home(talk)
