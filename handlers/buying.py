"""Who does what when a customer buys: roles by taps, attitude and influence with the fact behind them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from crm import buying, customers, search
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Choice, Pick, Review, Scale, Words
from dialog.screen import Act, Link, Screen, grid
from dialog.talk import Talk
from dialog.words import _
from handlers.contact import contact_page
from models.customer import BuyingRole, Contact
from models.person import Permission

MOST_EVIDENCE = 500


class Attitude(StrEnum):
    """How somebody stands towards buying from us."""

    AGAINST = "-2"
    DOUBTFUL = "-1"
    NEUTRAL = "0"
    WILLING = "1"
    FOR_US = "2"
    UNKNOWN = "?"

    @property
    def number(self) -> int | None:
        """The attitude as it is kept; None is unknown."""
        return None if self is Attitude.UNKNOWN else int(self.value)


class OneContact:
    """People at customers, each known by number: a door has always said which."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Contact]:
        """Return people at the person's customers whose name holds the words."""
        return search.contacts(talk.session, talk.person, words, limit=limit, offset=offset)

    def find(self, talk: Talk, id_: int) -> Contact:
        """Return one by its id. Raises NotFound."""
        return customers.find_contact(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Contact) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name with the firm's."""
        return f"{row.name} · {row.customer.name}"


@page("/contacts/{contact_id}/roles", needs=Permission.EDIT_CUSTOMERS)
def roles_of(talk: Talk, contact_id: int) -> Screen:
    """The six roles; a tap gives one or takes it."""
    contact = customers.find_contact(talk.session, talk.person, contact_id)
    keys = [
        Act(
            f"{'☑' if role in contact.roles else '☐'} {talk.words.name(role)}",
            toggle_role,
            contact_id,
            role,
            version=contact.version,
        )
        for role in BuyingRole
    ]
    return Screen("buying/roles", contact=contact, rows=[*grid(keys, 2), [Link(_("‹ Back"), contact_page, contact_id)]])


@act("/contacts/{contact_id}/roles/{role}", needs=Permission.EDIT_CUSTOMERS)
def toggle_role(talk: Talk, contact_id: int, role: BuyingRole, version: int) -> Screen:
    """Give somebody a role in the buying, or take it."""
    buying.toggle(talk.session, talk.person, contact_id, role=role, version=version, at=talk.now)
    return roles_of(talk, contact_id)


@flow("judge", _("Attitude and influence"), needs=Permission.EDIT_CUSTOMERS)
def judge(talk: Talk) -> Script:
    """How somebody stands towards us and how much she counts, and the fact that shows it."""
    contact = yield from Pick("contact", OneContact(), _("Contact"))
    attitude = yield from Choice("attitude", Attitude, _("Attitude"))
    influence = yield from Scale("influence", _("Influence"), low=1, high=5, optional=True)
    claimed = attitude is not Attitude.UNKNOWN or influence is not None
    evidence = (yield from Words("evidence", _("Fact"), most=MOST_EVIDENCE)) if claimed else None
    yield from Review("save")
    buying.judge(
        talk.session,
        talk.person,
        contact.id,
        attitude=attitude.number,
        influence=influence,
        evidence=evidence.text if evidence else "",
        at=talk.now,
    )
    return contact_page(talk, contact.id)
