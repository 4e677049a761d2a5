"""In touch without a visit: a call, a mail, WeChat. Two taps from the customer's card; the note may come later."""

from __future__ import annotations

from crm import customers, touches
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Pick, Words
from dialog.screen import Act, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.customer import customer_card, to_customer
from handlers.menu import home
from handlers.picking import ByDoor
from models.person import Permission
from models.touch import TouchKind


@page("/customers/{customer_id}/touch", needs=Permission.LOG_VISITS)
def touch_page(talk: Talk, customer_id: int) -> Screen:
    """By which way: one tap logs it."""
    customer = customers.find(talk.session, talk.person, customer_id)
    after = touches.newest(talk.session, talk.person, customer)
    keys = [Act(talk.words.name(kind), log_touch, customer_id, kind, after=after) for kind in TouchKind]
    return Screen("touch/kind", customer=customer, rows=[keys, [Link(_("🏭 Customer"), customer_card, customer_id)]])


@act("/customers/{customer_id}/touch/{kind}", needs=Permission.LOG_VISITS)
def log_touch(talk: Talk, customer_id: int, kind: TouchKind, after: int) -> Screen:
    """Log that one was in touch just now."""
    touch = touches.log(talk.session, talk.person, customer_id, kind=kind, after=after, at=talk.now)
    return touch_card(talk, touch.id)


@page("/touches/{touch_id}", needs=Permission.SEE_VISITS)
def touch_card(talk: Talk, touch_id: int) -> Screen:
    """One contact, as it was logged."""
    touch = touches.find(talk.session, talk.person, touch_id)
    own = touch.person_id == talk.person.id
    undoable = touches.undoable(talk.session, talk.person, touch, now=talk.now)
    seen = to_customer(talk, touch.customer_id)
    return Screen(
        "touch/card",
        touch=touch,
        own=own,
        new=undoable,
        rows=[
            [
                Door(_("✏️ Note"), note_touch, touch=touch) if own else None,
                Act(_("↩️ Undo"), undo_touch, touch_id) if undoable else None,
            ],
            [seen, Go(_("🕘 Timeline"), f"/customers/{touch.customer_id}/timeline") if seen else None],
        ],
    )


@act("/touches/{touch_id}/undo", needs=Permission.LOG_VISITS)
def undo_touch(talk: Talk, touch_id: int) -> Screen:
    """Take a contact back that was logged by mistake."""
    touch = touches.undo(talk.session, talk.person, touch_id, at=talk.now)
    seen = customers.may_see(talk.session, talk.person, touch.customer_id)
    return touch_page(talk, touch.customer_id) if seen else home(talk)


@flow("touch_note", _("Note"), needs=Permission.LOG_VISITS)
def note_touch(talk: Talk) -> Script:
    """What was said."""
    touch = yield from Pick("touch", ByDoor(touches.find))
    said = yield from Words("note", most=2000)
    touches.write(talk.session, talk.person, touch.id, note=said.text, at=talk.now)
    return touch_card(talk, touch.id)
