"""/help: what this person may do here, by role, on one screen."""

from __future__ import annotations

from dialog.page import page
from dialog.screen import Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.menu import to_home


@page("/help", command="help", title=_("Help"))
def help_page(talk: Talk) -> Screen:
    """What can simply be sent, and the commands of this person's role."""
    return Screen(
        "help/help",
        commands=talk.house.book.commands_for(talk.person),
        rows=[[to_home()]],
    )
