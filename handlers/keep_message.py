"""A customer's message that came elsewhere and was forwarded here: kept with the customer, as a contact with her."""

from __future__ import annotations

from crm import touches
from dialog.flow import Script, flow
from dialog.questions import SaveAs, Words
from dialog.talk import Talk
from dialog.words import _
from handlers import gathered
from handlers.picking import PickCustomer, nameless
from handlers.touch import touch_card
from models.person import Permission
from models.touch import TouchKind

MOST = 4096


@flow("keep_message", _("Keep a message"), needs=Permission.LOG_VISITS, keeps=True)
def keep_message(talk: Talk) -> Script:
    """Whose it is, and by which way it came: that tap saves."""
    customer = yield from PickCustomer("customer", _("Customer"))
    talk.kept = nameless(talk.kept, customer)
    said = yield from Words("words", _("Words"), most=MOST, voice=True, photos=10, files_alone=True)
    kind = yield from SaveAs("kind", TouchKind)
    touch = touches.log(
        talk.session,
        talk.person,
        customer.id,
        kind=kind,
        after=touches.newest(talk.session, talk.person, customer),
        note=gathered.words(talk, said, cards=True),
        files=gathered.sent(talk, said),
        at=talk.now,
    )
    return touch_card(talk, touch.id)
