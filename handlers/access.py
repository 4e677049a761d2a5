"""Who may see a customer besides its owner and her leaders, and who has looked at what."""

from __future__ import annotations

from collections.abc import Sequence

from crm import access, customers, people
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Pick
from dialog.screen import Act, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import Label, _, brief
from handlers.customer import customer_card
from handlers.paging import leaf, turning
from handlers.picking import PickCustomer, people_called
from models.person import Permission, Person, Role
from models.problem import NotFound

ACTIONS: dict[str, Label] = {
    "customer.added": _("added the customer"),
    "customer.graded": _("changed the grade"),
    "customer.grade_proposed": _("proposed another grade"),
    "customer.market": _("changed the market type"),
    "customer.ownership": _("changed the ownership"),
    "customer.size": _("changed the size"),
    "customer.industry": _("changed the industry"),
    "customer.region": _("changed the region"),
    "customer.registered": _("changed the registration number"),
    "customer.tagged": _("put a tag on"),
    "customer.untagged": _("took a tag off"),
    "customer.granted": _("granted access"),
    "customer.taken_away": _("took access away"),
    "customer.merged": _("merged two customers"),
    "customer.handed_over": _("handed the customer over"),
    "contact.added": _("added a contact"),
    "contact.viewed": _("looked at the contact details"),
    "contact.role_given": _("gave a buying role"),
    "contact.role_taken": _("took a buying role"),
    "contact.judged": _("changed attitude and influence"),
}
OTHER = _("changed something")


class Colleagues:
    """The department's people but for oneself."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Person]:
        """Return those whose name holds the words."""
        others = [person for person in people.staff(talk.session, talk.person) if person.id != talk.person.id]
        return people_called(words, others)[offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Person:
        """Return one by its id. Raises NotFound for somebody who does not work here."""
        person = people.find(talk.session, talk.person, id_)
        if person.role is Role.CUSTOMER or not person.active:
            raise NotFound(what="person")
        return person

    def title(self, talk: Talk, row: Person) -> str:
        """Return the name with the role."""
        return f"{row.name} · {talk.words.name(row.role)}"


@page("/customers/{customer_id}/access", needs=Permission.SEE_CUSTOMERS)
def access_to(talk: Talk, customer_id: int) -> Screen:
    """Who sees this customer; the owner and leaders grant it and take it away."""
    customer = customers.find(talk.session, talk.person, customer_id)
    given = access.granted(talk.session, talk.person, customer_id)
    deciding, leading = access.may_grant(talk.session, talk.person, customer), talk.may(Permission.MANAGE_PEOPLE)
    return Screen(
        "access/list",
        customer=customer,
        given=given,
        rows=[
            *(
                [Act(_("✕ {name}", name=brief(one.person.name, 30)), take_access, customer_id, one.person_id)]
                for one in given
                if deciding
            ),
            [Door(_("➕ Grant access"), grant, customer=customer_id) if deciding else None],
            [
                Go(_("🔁 Give to a colleague"), f"/do/give?customer={customer_id}&owner={customer.owner_id}")
                if leading and deciding
                else None
            ],
            [
                Link(_("👁 Who looked"), views_of, customer_id) if leading else None,
                Link(_("🏭 Customer"), customer_card, customer_id),
            ],
        ],
    )


@act("/customers/{customer_id}/access/{person_id}/take", needs=Permission.EDIT_CUSTOMERS)
def take_access(talk: Talk, customer_id: int, person_id: int) -> Screen:
    """Take a colleague's access away."""
    access.take(talk.session, talk.person, customer_id, person_id, at=talk.now)
    return access_to(talk, customer_id)


@flow("grant", _("Grant access"), needs=Permission.EDIT_CUSTOMERS)
def grant(talk: Talk) -> Script:
    """To which customer, and to whom."""
    customer = yield from PickCustomer("customer", _("Customer"))
    colleague = yield from Pick("colleague", Colleagues())
    access.grant(talk.session, talk.person, customer.id, colleague.id, at=talk.now)
    return access_to(talk, customer.id)


@page("/customers/{customer_id}/granted", needs=Permission.SEE_CUSTOMERS)
def granted_page(talk: Talk, customer_id: int) -> Screen:
    """Tell a colleague that she may see a customer now."""
    customer = customers.find(talk.session, talk.person, customer_id)
    return Screen("access/granted", customer=customer, rows=[[Go(_("🏭 Customer"), f"/customers/{customer_id}")]])


@page("/customers/{customer_id}/views", needs=Permission.MANAGE_PEOPLE)
def views_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """Who looked at or changed what in the file, the newest first."""
    customer = customers.find(talk.session, talk.person, customer_id)
    found, more = leaf(
        page, lambda limit, offset: access.trail(talk.session, talk.person, customer_id, limit=limit, offset=offset)
    )
    return Screen(
        "access/views",
        customer=customer,
        lines=[(entry.at, person, ACTIONS.get(entry.action, OTHER), contact) for entry, person, contact in found],
        rows=[
            turning(views_of, customer_id, page=page, more=more),
            [Link(_("🔐 Access"), access_to, customer_id), Link(_("🏭 Customer"), customer_card, customer_id)],
        ],
    )
