"""/invite: a link into the bot for one person. It is shown once, works once, and not for long."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

import segno

from crm import customers, joining, search
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import Question
from dialog.questions import Choice, Pick, Review
from dialog.screen import Act, Go, Screen, Url
from dialog.talk import Talk
from dialog.words import _
from handlers.menu import home, to_home
from handlers.people import staff_roles
from handlers.picking import Contacts, PickCustomer
from models.customer import Contact
from models.person import Invite, Permission, Role, Team
from models.problem import NotFound

PREFIX = "invite-"
WHAT_FOLLOWS = _(
    "You get a link and a picture to scan. There your contact reads our privacy notice and agrees, or does not; "
    "only then complaints and questionnaires come this way."
)
FOR_A_COLLEAGUE = _("You get a link and a picture to scan; it works once.")
MODULE = 12
"""Pixels to each dot of the picture: large enough to be read from one phone by another."""


class Teams:
    """The teams a colleague may belong to."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Team]:
        """Return those whose name holds the words."""
        teams = joining.teams(talk.session, talk.person)
        return [team for team in teams if words in team.name][offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Team:
        """Return one by its id. Raises NotFound."""
        found = [team for team in joining.teams(talk.session, talk.person) if team.id == id_]
        if not found:
            raise NotFound
        return found[0]

    def title(self, talk: Talk, row: Team) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name."""
        return row.name


def for_a_customer(talk: Talk, text: str) -> Mapping[str, object]:
    """Return what ``/invite 华东轴承`` already says: somebody of this customer."""
    found = search.customers(talk.session, talk.person, text, limit=2)
    return {"role": Role.CUSTOMER.value, "customer": found[0].id} if len(found) == 1 else {}


@flow("invite", _("Invite somebody"), needs=Permission.INVITE, command="invite", prefill=for_a_customer)
def invite(talk: Talk) -> Script:
    """Who, and then the link. A rep invites people of her own customers; a leader colleagues too."""
    role = Role.CUSTOMER
    if talk.may(Permission.INVITE_STAFF):
        role = yield from Choice("role", Role, _("As"), only=[Role.CUSTOMER, *staff_roles(talk.person)])
    contact, team = None, None
    if role is Role.CUSTOMER:
        contact = yield from _somebody()
    elif customers.sees_all(talk.person):  # otherwise it is her own
        team = yield from Pick("team", Teams(), _("Team"), optional=True)
    yield from Review("make", _("✅ Make the link"), note=WHAT_FOLLOWS if contact else FOR_A_COLLEAGUE)
    made, token = joining.invite(talk.session, talk.person, role=role, contact=contact, team=team, at=talk.now)
    return _shown_once(talk, made, token)


@page("/invite/{token}")
def opened(talk: Talk, token: str) -> Screen:
    """Answer somebody we know who follows an invitation: take it, or say whose it is."""
    try:
        found = joining.invited(talk.session, token, telegram_id=talk.person.telegram_id or 0, at=talk.now)
    except joining.InviteUnusable:
        return Screen("problems/invite_unusable", rows=[[to_home()]])
    takes = _would_take(talk, found)
    screen = Screen(
        "invite/known",
        invite=found,
        takes=takes,
        rows=[[Act(_("✅ Accept"), accept, token) if takes else None], [to_home()]],
    )
    screen.address = home.address()
    return screen


@act("/invite/{token}/accept")
def accept(talk: Talk, token: str) -> Screen:
    """Take the place an invitation offers, coming from another one."""
    me = talk.person
    telegram_id = me.telegram_id or 0
    if not _would_take(talk, joining.invited(talk.session, token, telegram_id=telegram_id, at=talk.now)):
        raise NotFound
    language = talk.words.language
    joining.accept(talk.session, token, telegram_id=telegram_id, name=me.name, language=language, at=talk.now)
    return home(talk)


def link_to(talk: Talk, token: str) -> str:
    """Return the link that opens the bot with this invitation."""
    return f"https://t.me/{talk.house.bot_username}?start={PREFIX}{token}"


def _somebody() -> Generator[Question[Any], Any, Contact]:
    customer = yield from PickCustomer("customer", _("Customer"))
    add = Go(_("➕ Add a contact"), f"/do/new_contact?customer={customer.id}")
    return (yield from Pick("contact", Contacts(customer), _("Contact"), extra=[add]))


def _would_take(talk: Talk, found: Invite) -> bool:
    """A colleague who follows a customer's link stays a colleague: it was meant for somebody else."""
    me = talk.person
    if found.role is Role.CUSTOMER and me.role is not Role.CUSTOMER:
        return False
    return (found.role, found.team_id, found.contact_id) != (me.role, me.team_id, me.contact_id)


def _shown_once(talk: Talk, made: Invite, token: str) -> Screen:
    link = link_to(talk, token)
    screen = Screen(
        "invite/link",
        picture=_picture(link),
        invite=made,
        link=link,
        rows=[[Url(_("↗️ Forward it"), f"https://t.me/share/url?url={quote(link, safe='')}")], [to_home()]],
    )
    # The token is kept nowhere in clear, so this screen cannot be shown again; home stands in its place.
    screen.address = home.address()
    return screen


def _picture(link: str) -> bytes:
    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="png", scale=MODULE, border=4)
    return drawn.getvalue()
