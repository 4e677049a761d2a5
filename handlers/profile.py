"""A customer's file: what kind of firm it is. Each field is set by taps; number and new tags are typed."""

from __future__ import annotations

from enum import StrEnum

from crm import corrections, customers, profiles
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Words
from dialog.screen import Act, Button, Door, Go, Link, Screen, grid
from dialog.talk import Talk
from dialog.words import Label, _
from handlers.customer import customer_card, grades
from handlers.picking import PickCustomer
from models.customer import Customer
from models.person import Permission
from models.problem import NotFound

FIELDS: dict[str, Label] = {
    "market": _("Market type"),
    "ownership": _("Ownership"),
    "size": _("Size"),
    "industry": _("Industry"),
    "region": _("Region"),
}


@page("/customers/{customer_id}/file", needs=Permission.SEE_CUSTOMERS)
def customer_file(talk: Talk, customer_id: int) -> Screen:
    """What kind of firm it is, and what goes with it."""
    customer = customers.find(talk.session, talk.person, customer_id)
    leading = customers.leads_now(talk.session, talk.person, customer.owner)
    return Screen(
        "profile/file",
        customer=customer,
        lines=_lines(talk, customer),
        rows=[
            [
                Link(_("✏️ Edit"), fields_of, customer_id) if talk.may(Permission.EDIT_CUSTOMERS) else None,
                Go(_("📑 Contracts"), f"/customers/{customer_id}/contracts"),
            ],
            [
                Go(_("📌 Place"), f"/customers/{customer_id}/place"),
            ],
            [
                Go(_("🔐 Access"), f"/customers/{customer_id}/access"),
            ],
            [
                Go(_("🔗 Merge"), f"/customers/{customer_id}/merge") if leading else None,
                Link(_("🏭 Customer"), customer_card, customer_id),
            ],
        ],
    )


@page("/customers/{customer_id}/fields", needs=Permission.EDIT_CUSTOMERS)
def fields_of(talk: Talk, customer_id: int) -> Screen:
    """A button for each thing in the file that can be corrected."""
    customer = customers.find(talk.session, talk.person, customer_id)
    before = Go(_("🕰 Before"), f"/customers/{customer_id}/before")
    back = [
        before if corrections.last(talk.session, customer) else None,
        Link(_("🗂 File"), customer_file, customer_id),
    ]
    return Screen("profile/fields", customer=customer, rows=[*_editing(customer), back])


def _lines(talk: Talk, customer: Customer) -> list[tuple[Label, str]]:
    chosen = {label: getattr(customer, field) for field, label in FIELDS.items()}
    return [
        (_("Grade"), talk.words.name(customer.grade)),
        *((label, talk.words.name(value) if value else "") for label, value in chosen.items()),
        (_("Registration number"), customer.registration),
    ]


def _editing(customer: Customer) -> list[list[Button]]:
    fields: list[Button] = [
        Link(_("✏️ {what}", what=label), choices_of, customer.id, field) for field, label in FIELDS.items()
    ]
    typed: list[Button] = [
        Go(_("✏️ {what}", what=_("Name")), f"/do/rename?customer={customer.id}"),
        Link(_("🏷 Grade"), grades, customer.id),
        Link(_("🔖 Tags"), tags_of, customer.id),
        Door(_("🆔 Registration"), register, customer=customer.id),
    ]
    return grid([*fields, *typed], 2)


@page("/customers/{customer_id}/file/{field}", needs=Permission.EDIT_CUSTOMERS)
def choices_of(talk: Talk, customer_id: int, field: str) -> Screen:
    """What one field may be, to choose another."""
    customer = customers.find(talk.session, talk.person, customer_id)
    now = getattr(customer, field) if field in FIELDS else None
    others = [member for member in _members(field) if member is not now]
    keys = [Act(talk.words.name(to), choose, customer_id, field, to.value, version=customer.version) for to in others]
    return Screen(
        "profile/choices",
        customer=customer,
        field=FIELDS[field],
        value=now,
        rows=[*grid(keys, 2), [Link(_("🗂 File"), customer_file, customer_id)]],
    )


@act("/customers/{customer_id}/file/{field}/{to}", needs=Permission.EDIT_CUSTOMERS)
def choose(talk: Talk, customer_id: int, field: str, to: str, version: int) -> Screen:
    """Set one field."""
    member = next((member for member in _members(field) if member.value == to), None)
    if member is None:
        raise NotFound
    who = (talk.session, talk.person)
    profiles.choose(*who, customer_id, field=field, to=member, version=version, at=talk.now)
    return customer_file(talk, customer_id)


@page("/customers/{customer_id}/tags", needs=Permission.EDIT_CUSTOMERS)
def tags_of(talk: Talk, customer_id: int) -> Screen:
    """The tags a customer has, and those the department uses most: a tap puts one on or takes it off."""
    customer = customers.find(talk.session, talk.person, customer_id)
    usual = [tag for tag in profiles.usual_tags(talk.session, talk.person) if tag not in customer.tags]
    keys = [
        Act(
            f"{'☑' if tag in customer.tags else '☐'} {tag.word}", toggle_tag, customer_id, tag, version=customer.version
        )
        for tag in [*customer.tags, *usual]
    ]
    return Screen(
        "profile/tags",
        customer=customer,
        rows=[
            *grid(keys, 2),
            [Door(_("➕ New tag"), new_tag, customer=customer_id)],
            [Link(_("🗂 File"), customer_file, customer_id)],
        ],
    )


@act("/customers/{customer_id}/tags/{tag_id}", needs=Permission.EDIT_CUSTOMERS)
def toggle_tag(talk: Talk, customer_id: int, tag_id: int, version: int) -> Screen:
    """Put a tag on, or take it off."""
    profiles.toggle(talk.session, talk.person, customer_id, tag_id, version=version, at=talk.now)
    return tags_of(talk, customer_id)


@flow("tag", _("New tag"), needs=Permission.EDIT_CUSTOMERS)
def new_tag(talk: Talk) -> Script:
    """A word of one's own to sort the customer by."""
    customer = yield from PickCustomer("customer", _("Customer"))
    said = yield from Words("word", most=profiles.MOST_TAG, line=True)
    profiles.tag(talk.session, talk.person, customer.id, word=said.text, at=talk.now)
    return tags_of(talk, customer.id)


@flow("register", _("Registration number"), needs=Permission.EDIT_CUSTOMERS)
def register(talk: Talk) -> Script:
    """The number the firm is registered under."""
    customer = yield from PickCustomer("customer", _("Customer"))
    said = yield from Words("number", most=40, line=True)
    profiles.register(talk.session, talk.person, customer.id, number=said.text, at=talk.now)
    return customer_file(talk, customer.id)


def _members(field: str) -> list[StrEnum]:
    if field not in FIELDS:
        raise NotFound
    return list(profiles.FIELDS[field])
