"""In touch without a visit: a call, a mail, WeChat. Two taps from the customer's card, or a sentence that says so.

The note may come later; a day it names for the next time becomes the reminder.
"""

from __future__ import annotations

import re

from crm import corrections, customers, touches
from crm.rules import rules
from dialog.days import When
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Choice, Pick, Said, Words
from dialog.screen import Act, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers import files, gathered
from handlers.customer import customer_card, to_customer
from handlers.menu import to_home
from handlers.picking import ByDoor, PickCustomer, nameless
from handlers.visit import day_in, day_of_it
from models.person import Permission
from models.touch import Touch, TouchKind

MOST = 2000
WAYS = {
    TouchKind.CALL: re.compile(r"电话|致电|通了?话|\b(?:called|phoned|rang|phone call)\b", re.IGNORECASE),
    TouchKind.MAIL: re.compile(r"邮件|\b(?:e-?mail(?:ed)?|mailed)\b", re.IGNORECASE),
    TouchKind.WECHAT: re.compile(r"微信|\bwechat\b", re.IGNORECASE),
}


def way_in(text: str) -> TouchKind | None:
    """Return by which way a sentence says that one was in touch: 打了电话, 发了邮件, 微信上说."""
    named = [(found.start(), kind) for kind, words in WAYS.items() if (found := words.search(text))]
    return min(named)[1] if named else None


@flow("log_touch", _("Log a contact"), needs=Permission.LOG_VISITS, keeps=True)
def log_contact(talk: Talk) -> Script:
    """What was said of a call, a mail or WeChat: only the customer is asked for, if it does not say it."""
    customer = yield from PickCustomer("customer", _("Customer"))
    kind = yield from Choice("kind", TouchKind)
    talk.kept = nameless(talk.kept, customer)
    said = yield from Words("note", most=MOST, voice=True, photos=10, whose=True, later=True)
    note = gathered.words(talk, said)  # a name and a number say nothing of days
    day = day_of_it(talk, note, from_afar=True)
    if talk.today - day.day > rules(talk.session).logged_within:
        day = When(talk.today)
    again = day_in(note, talk.said_on("note"))
    touch = touches.log(
        talk.session,
        talk.person,
        customer.id,
        kind=kind,
        note=gathered.words(talk, said, cards=True),
        files=gathered.sent(talk, said),
        again=again if again and again >= talk.today else None,
        day=day.day,
        hour=day.hour,
        at=talk.now,
    )
    gathered.remember(talk, touch, "note", said.text if said else "")
    return touch_card(talk, touch.id)


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
    corrected = corrections.last(talk.session, touch)
    return Screen(
        "touch/card",
        touch=touch,
        own=own,
        new=undoable,
        corrected=corrected,
        righted=False,
        promised=touches.promised(talk.session, touch),
        rows=[
            [
                Door(_("✏️ Note"), note_touch, touch=touch) if own else None,
                Act(_("↩️ Undo"), undo_touch, touch_id) if undoable else None,
            ],
            [
                Go(_("🕰 Before"), f"/touches/{touch_id}/before") if corrected else None,
                Link(_("📎 Sent along: {count}", count=len(touch.attachments)), touch_files, touch_id)
                if touch.attachments
                else None,
            ],
            [seen, Go(_("🕘 Timeline"), f"/customers/{touch.customer_id}/timeline") if seen else None],
        ],
    )


@page("/touches/{touch_id}/files", needs=Permission.SEE_VISITS)
def touch_files(talk: Talk, touch_id: int) -> Screen:
    """What was sent along, once more."""
    touch = touches.find(talk.session, talk.person, touch_id)
    back = Link(talk.words.name(touch.kind), touch_card, touch_id)
    return files.page_of("touch/files", touch.attachments, back, touch=touch)


@act("/touches/{touch_id}/undo", needs=Permission.LOG_VISITS)
def undo_touch(talk: Talk, touch_id: int) -> Screen:
    """Take a contact back that was logged by mistake."""
    touch = touches.undo(talk.session, talk.person, touch_id, at=talk.now)
    seen = customers.may_see(talk.session, talk.person, touch.customer_id)
    again = Door(_("📞 Log it again"), log_contact, customer=touch.customer_id) if seen else None
    return Screen("touch/undone", touch=touch, rows=[[again], [to_customer(talk, touch.customer_id) or to_home()]])


@flow("touch_note", _("Note"), needs=Permission.LOG_VISITS)
def note_touch(talk: Talk) -> Script:
    """What was said, in words, by voice, with photos. Words take the place of those that stood there."""
    touch = yield from Pick("touch", ByDoor(touches.find))
    said = yield from Words("note", most=MOST, voice=True, photos=10, files_alone=True, whose=True)
    if said.text:
        touches.write(talk.session, talk.person, touch.id, note=said.text, at=talk.now)
    add_to(talk, touch, "", said)
    gathered.remember(talk, touch, "note", said.text)
    return touch_card(talk, touch.id)


def add_to(talk: Talk, touch: Touch, words: str, said: Said) -> None:
    """Put words, cards and files beside a contact; a day among what it says now becomes its reminder."""
    again = day_in(words or said.text, talk.today)
    words = gathered.together(words, *gathered.cards_of(talk))
    sent = gathered.sent(talk, said)
    touches.add(talk.session, talk.person, touch.id, words=words, files=sent, again=again, at=talk.now)
