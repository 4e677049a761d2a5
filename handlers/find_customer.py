"""/customer: finding a customer by a few letters, and opening its card."""

from __future__ import annotations

from collections.abc import Mapping

from dialog.flow import Script, flow
from dialog.questions import Review
from dialog.talk import Talk
from dialog.words import _
from handlers.customer import customer_card
from handlers.new_customer import added, introduced
from handlers.picking import PickCustomer, looked_for
from models.person import Permission


def from_words(talk: Talk, text: str) -> Mapping[str, object]:
    """Return the customer these words mean, or the words to look for."""
    customer, _words, rest = looked_for(talk, text)
    return {"customer": customer.id} if customer is not None and not rest else {"looking_for": text[:80]}


@flow("find", _("🔍 Find a customer"), needs=Permission.SEE_CUSTOMERS, command="customer", prefill=from_words)
def find_customer(talk: Talk) -> Script:
    """Which one; a name that nobody bears may be added."""
    words = str(talk.answers.get("looking_for", ""))
    picked = yield from PickCustomer("customer", _("Customer"), words=words, new=True)
    customer = yield from introduced(talk, picked)
    if customer.id is None:
        yield from Review("save")
    return customer_card(talk, added(talk, customer).id)
