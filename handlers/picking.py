"""What is picked in many conversations: a customer, people at a customer."""

from __future__ import annotations

from collections.abc import Sequence

from crm import customers
from dialog.questions import Pick, PickMany
from dialog.talk import Talk
from dialog.words import Label
from models.customer import Contact, Customer


class Customers:
    """The customers this person may see; the ones used last come first."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Customer]:
        """Return what matches part of the name, its pinyin or its initials."""
        return customers.search(talk.session, talk.person, words, limit=limit, offset=offset)

    def find(self, talk: Talk, id_: int) -> Customer:
        """Return one by its id. Raises NotFound."""
        return customers.find(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Customer) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name."""
        return row.name


class Contacts:
    """The people at one customer."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Contact]:  # noqa: ARG002 - the interface
        """Return those whose name holds the words."""
        return [contact for contact in self.customer.contacts if words in contact.name][offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Contact:
        """Return one by its id. Raises NotFound."""
        return customers.find_contact(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Contact) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return the name with the position."""
        return f"{row.name} · {row.position}" if row.position else row.name


class PickCustomer(Pick[Customer]):
    """Which customer."""

    def __init__(self, name: str, label: Label | None = None) -> None:
        super().__init__(name, Customers(), label)


class PickContacts(PickMany[Contact]):
    """Which people at this customer."""

    def __init__(self, name: str, label: Label | None = None, *, of: Customer) -> None:
        super().__init__(name, Contacts(of), label, later=True)
