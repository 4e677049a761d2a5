"""/help: what this person may do here, by role, on one screen: what she does most, then the rest by what it is for."""

from __future__ import annotations

from dialog.page import page
from dialog.screen import Go, Screen
from dialog.talk import Talk
from dialog.words import Label, _
from handlers.menu import to_home
from models.person import Role

MOST = {
    Role.REP: ("visit", "complaint", "today", "customer", "plan", "summary"),
    Role.MANAGER: ("summary", "attention", "complaints", "satisfaction", "team", "customer"),
    Role.ADMIN: ("summary", "attention", "complaints", "satisfaction", "team", "customer"),
    Role.CUSTOMER: ("report", "mine", "answer"),
}
"""The six commands a role uses most, the first first."""
GROUPS: tuple[tuple[Label, frozenset[str]], ...] = (
    (_("Visiting"), frozenset({"visit", "today", "plan", "cards", "away"})),
    (_("Complaints and numbers"), frozenset({"complaint", "complaints", "satisfaction", "attention", "summary"})),
    (_("People and tables"), frozenset({"customer", "contract", "invite", "team", "handover", "import", "export"})),
)
"""What the others are for; those in no group are about the bot itself."""


@page("/help", command="help", title=_("Help"))
def help_page(talk: Talk) -> Screen:
    """What can simply be sent, and the commands of this person's role."""
    left = dict(talk.house.book.commands_for(talk.person))
    most = [(name, left.pop(name)) for name in MOST[talk.person.role] if name in left]
    groups = []
    for title, names in GROUPS:
        of_this = [(name, left.pop(name)) for name in sorted(names & left.keys())]
        groups += [(title, of_this)] if of_this else []
    return Screen(
        "help/help",
        most=most,
        groups=[*groups, (_("This bot"), list(left.items()))],
        rows=[[Go(_("🔒 Privacy"), "/privacy"), to_home()]],
    )
