"""What a colleague sends out of the blue: gathered for some minutes, in any order, until she says what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from crm import customers, dangers, letters, places, recall, reminders, touches, triage, visits
from crm.recall import Remembered
from crm.rules import rules
from crm.spelling import is_called_like_a_firm
from dialog.days import When
from dialog.events import Event, Message
from dialog.flow import Enter, Script, flow
from dialog.question import Elsewhere, Heard, Here
from dialog.questions import Choice, PickMoment, Said, Words
from dialog.screen import Go, Key, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import gathered, wanted
from handlers.complaint import log_complaint
from handlers.contact import acquainted, new_contact
from handlers.contract import new_contract
from handlers.elsewhere import leads_away, names_another
from handlers.importing import bring_in, is_table
from handlers.keep_message import keep_message
from handlers.letter import reply
from handlers.new_customer import new_customer
from handlers.picking import looked_for, named_among, nameless, told_of
from handlers.plan import from_one_line, plan_visit
from handlers.pledge import new_pledge
from handlers.reminder import snooze
from handlers.report import MOST
from handlers.touch import add_to, log_contact, touch_card, way_in
from handlers.visit import log_visit, visit_card
from models.attachment import FileKind
from models.customer import Customer
from models.letter import Letter
from models.person import Permission
from models.problem import NotFound
from models.sheet import SheetKind
from models.touch import Touch, TouchKind
from models.visit import Reminder, Visit

SOME_MINUTES = timedelta(minutes=10)
"""What is sent within this time of each other belongs together."""
A_FEW = 5
MOST_KEYS = 6
LETTER_PAGE = re.compile(r"/letters/(\d{1,9})(?:[/?]|$)")
ANSWERED_WITHIN = timedelta(hours=12)
"""How long what is written under a customer's letter is probably its answer, as long as nothing else was shown."""
CUSTOMER_PAGE = re.compile(r"/customers/(\d{1,9})(?:[/?]|$)")


class Becomes(StrEnum):
    """What a colleague's message can become."""

    VISIT = "visit"
    CALL = "call"
    MAIL = "mail"
    WECHAT = "wechat"
    COMPLAINT = "complaint"
    CONTACT = "contact"
    CONTRACT = "contract"
    MESSAGE = "message"
    ADDITION = "addition"
    NOTE = "note"
    CUSTOMER = "customer"
    PLAN = "plan"
    SNOOZE = "snooze"
    PLEDGE = "pledge"
    REPLY = "reply"


WAYS = {Becomes(kind.value): kind for kind in TouchKind}
"""What becomes a contact without a visit, and of which kind."""

BEGINS = {
    Becomes.CONTRACT: (new_contract, "line"),
    Becomes.COMPLAINT: (log_complaint, "words"),
    Becomes.MESSAGE: (keep_message, "words"),
    Becomes.CUSTOMER: (new_customer, "name"),
    Becomes.PLEDGE: (new_pledge, "words"),
}
"""The conversation each begins, and the question that what was said answers there."""


def usual(words: str, latest: Visit | Touch | None, rarer: Sequence[Becomes] = ()) -> list[Becomes]:
    """Return what these words can become, the likeliest first, no more than six.

    ``rarer`` is a contact, which can be made of nothing but a card, or a contract, made of a document. A part of the
    last visit or call it can be as long as that was saved just now.
    """
    way = way_in(words)
    named = [Becomes(way.value)] if way else []
    noted = [Becomes.NOTE] if isinstance(latest, Touch) else []
    added = [Becomes.ADDITION] if isinstance(latest, Visit) else []
    listed = [*noted, *named, Becomes.VISIT, Becomes.COMPLAINT, *rarer, *added, *WAYS]
    return list(dict.fromkeys(listed))


_FORWARDED = {
    True: sorted(Becomes, key=lambda one: one is not Becomes.COMPLAINT),
    False: sorted(Becomes, key=lambda one: one is Becomes.COMPLAINT),
}
"""What somebody else's words can become, the likeliest first: by whether they complain."""


class WhatItIs(Choice[Becomes]):
    """What is to be made of all that was sent within these minutes.

    Who typed a word or two may be looking for it.
    """

    rejection = _("Tap what it is to become, or Cancel.")

    def __init__(self, talk: Talk, said: Said) -> None:
        self.named = _named(talk, said)[0]
        self.latest = _just_logged_of(talk, self.named)
        alone = len(talk.kept.cards) == 1 and not (said.text or said.files or talk.kept.text or talk.kept.files)
        signed = talk.may(Permission.EDIT_CUSTOMERS) and _holds_a_document(talk, said)
        rarer = {Becomes.CONTACT: alone, Becomes.CONTRACT: signed, Becomes.MESSAGE: bool(_by(talk) and said.text)}
        words = "" if _by(talk) else gathered.words(talk, said)
        self.unknown = _an_unknown_firm(talk, said)
        listed = usual(words, self.latest, [one for one, possible in rarer.items() if possible])
        listed = list(dict.fromkeys([*_asked_for(talk, said, words), *listed]))[:MOST_KEYS]
        if _by(talk):
            order = _FORWARDED[triage.complains(said.text)]
            listed = [one for one in order if one in listed and one not in WAYS]
        self.letter = _letter_before(talk, said)
        super().__init__("use", Becomes, only=[Becomes.REPLY, *listed] if self.letter else listed)
        self.remembered = [] if _by(talk) or talk.kept or said.files else _remembered(talk, said.text)

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return all that was sent, and the customer it is about."""
        said: Said = here.known["words"]
        talk, placed = here.talk, "place" in here.talk.answers or here.talk.kept.spot is not None
        about, _given = _about(talk, said)
        return {
            "said": said,
            "kept": nameless(talk.kept, about),
            "customer": about,
            "placed": placed,
            "latest": self.latest,
            "visited": isinstance(self.latest, Visit),
            "looked_at": about is not None and self.named is None,
            "remembered": bool(self.remembered),
            "by": _by(talk),
            "unknown": self.unknown,
        }

    def rows(self, here: Here) -> Rows:
        """Return what it can become, and the records the words stand in."""
        found: Rows = [[Go(_in_a_line(here.talk, one), one.address)] for one in self.remembered]
        if self.letter is None:
            return [*super().rows(here), *found]
        answer = Key(_("↩️ Reply to {name}", name=brief(self.letter.author.name, 12)), Becomes.REPLY.value)
        others = [Key(here.talk.words.name(one), one.value) for one in self.members[1:]]
        return [[answer], *grid(others, self.across), *found]

    def hear(self, here: Here, event: Event) -> Heard[Becomes]:
        """Return what was tapped. What is about another customer is something new; everything else joins it."""
        if isinstance(event, Message) and _is_new(here.talk, event, self.named):
            return Elsewhere()
        return super().hear(here, event)


def _asked_for(talk: Talk, said: Said, words: str) -> list[Becomes]:
    """Return what her words plainly ask for beside a visit, the gravest first."""
    customer = _about(talk, said)[0]
    edits = talk.may(Permission.EDIT_CUSTOMERS)
    asked = {
        Becomes.CUSTOMER: edits and _an_unknown_firm(talk, said),
        Becomes.COMPLAINT: wanted.complains(words) or bool(dangers.found_in(words, rules(talk.session))),
        Becomes.PLEDGE: wanted.promised(words),
        Becomes.SNOOZE: wanted.puts_off(words) and bool(customer and _put_off_to(talk, customer, words)),
        Becomes.PLAN: wanted.to_go(talk, words),
        Becomes.CONTRACT: edits and wanted.signed(words),
    }
    return [one for one, is_asked in asked.items() if is_asked]


def _put_off_to(talk: Talk, customer: Customer, words: str) -> tuple[Reminder, When] | None:
    """Return her first open reminder about this customer, and until when the words put it off."""
    open_ones = reminders.due(talk.session, talk.person, on_or_before=date.max)
    hers = next((one for one in open_ones if one.customer_id == customer.id), None)
    when = wanted.moment_in(talk, words)
    return (hers, when) if hers and when else None


def _an_unknown_firm(talk: Talk, said: Said) -> bool:
    """Whether nothing but a name was typed that only a firm can have, and no customer has."""
    alone = not (_by(talk) or talk.kept or said.files)
    return alone and is_called_like_a_firm(said.text) and _named(talk, said)[0] is None and not told_of(talk)


@flow("offer", _("What you sent"), needs=Permission.LOG_VISITS, keeps=True, keeps_places=True, within=SOME_MINUTES)
def offer(talk: Talk) -> Script:
    """Whatever was sent within some minutes, in any order: ask what it is, and go on there with all of it."""
    said = yield from Words("words", most=MOST, voice=True, photos=10, files_alone=True)
    if _brings_a_table(talk, said):
        kind = yield from Choice("table", SheetKind, across=1, optional=True)
        if kind is not None:
            return Enter(bring_in, "file", said.files[0].frozen(), {"kind": kind.value})
    becomes = yield from WhatItIs(talk, said)
    if becomes in {Becomes.ADDITION, Becomes.NOTE}:
        return _added(talk, _quoted(talk, said))
    return _entered(talk, becomes, said)


def _entered(talk: Talk, becomes: Becomes, said: Said) -> Enter:
    """Return the conversation it becomes, begun with all that was said."""
    if becomes is Becomes.REPLY:
        return Enter(reply, "words", Words("words").freeze(said), {"letter": talk.answers["letter"]})
    customer, given = _about(talk, said)
    known: dict[str, object] = {"customer": customer.id} if customer else {}
    if _by(talk) and becomes is Becomes.COMPLAINT:
        known, given = known | {"by": _by(talk)}, said
    elif _by(talk):
        given = _quoted(talk, said)
    frozen = Words("words").freeze(given) if given.text or given.files else None
    if becomes is Becomes.CONTACT:
        card = talk.kept.cards[0]
        return Enter(new_contact, "name", [card.name, card.phone], known)
    if becomes is Becomes.PLAN:
        return _planned(talk, customer, said)
    if becomes is Becomes.SNOOZE and customer and (put_off := _put_off_to(talk, customer, gathered.words(talk, said))):
        reminder, when = put_off
        return Enter(snooze, "day", PickMoment("day").freeze(when), {"reminder": reminder.id})
    if becomes in WAYS:
        return Enter(log_contact, "note", frozen, known | {"kind": WAYS[becomes].value})
    if becomes in BEGINS:
        flow, question = BEGINS[becomes]
        return Enter(flow, question, frozen, known)
    return Enter(log_visit, "note", frozen, known | _where(talk))


def _planned(talk: Talk, customer: Customer | None, said: Said) -> Enter:
    """Return the planning of a visit on the day that was said, what is behind the day being what for."""
    read = dict(from_one_line(talk, said.text))
    when = wanted.moment_in(talk, gathered.words(talk, said))
    known = {"day": PickMoment("day").freeze(when)} if when else {}
    return Enter(plan_visit, "why", read.get("why"), known | ({"customer": customer.id} if customer else {}))


def _added(talk: Talk, said: Said) -> Screen:
    """Put it into what was saved just now; a record that is no longer there to be added to is not found."""
    latest = just_logged(talk)
    if latest is None:
        raise NotFound(what="visit")
    if isinstance(latest, Touch):
        add_to(talk, latest, gathered.words(talk, said), said)
        gathered.remember(talk, latest, "words", said.text)
        return touch_card(talk, latest.id)
    visit = latest
    words, met = gathered.words(talk, said), acquainted(talk, visit.customer)
    visits.add(talk.session, talk.person, visit.id, words=words, files=gathered.sent(talk, said), met=met, at=talk.now)
    gathered.remember(talk, visit, "words", said.text)
    card = visit_card(talk, visit.id)
    card.facts["added"] = True
    return card


def just_logged(talk: Talk) -> Visit | Touch | None:
    """Return the visit or the contact that was saved last, as long as it could be taken back."""
    visit = visits.just_logged(talk.session, talk.person, now=talk.now)
    touch = touches.just_logged(talk.session, talk.person, now=talk.now)
    if visit is None or touch is None:
        return visit or touch
    return touch if touch.said_at > visit.logged_at else visit


def _just_logged_of(talk: Talk, named: Customer | None) -> Visit | Touch | None:
    """Return what was just saved, unless another customer is named now."""
    latest = just_logged(talk)
    return latest if latest is None or named in {None, latest.customer} else None


def _is_new(talk: Talk, message: Message, named: Customer | None) -> bool:
    """Whether it is about something else than the one customer named so far, or than all of several."""
    firms = [named] if named else told_of(talk)
    another = bool(firms) and all(names_another(talk, message, one) for one in firms)
    return leads_away(talk, message, named) or another


def looking_at(talk: Talk) -> dict[str, object]:
    """Return the customer whose page or letter she has before her, as answers the offer begins with."""
    letter = _looked_at_letter(talk)
    if letter is not None:
        return {"about": letter.customer_id, "letter": letter.id}
    page = CUSTOMER_PAGE.match(talk.looked_at)
    if page is None or talk.looked_when is None or talk.now - talk.looked_when > SOME_MINUTES:
        return {}
    return {"about": int(page[1])}


def _looked_at_letter(talk: Talk) -> Letter | None:
    """Return the customer's letter that she was shown last, as long as she is likely to be answering it."""
    page = LETTER_PAGE.match(talk.looked_at)
    if page is None or talk.looked_when is None or talk.now - talk.looked_when > ANSWERED_WITHIN:
        return None
    if not talk.may(Permission.EDIT_CUSTOMERS):
        return None
    with suppress(NotFound):
        letter = letters.find(talk.session, talk.person, int(page[1]))
        return letter if letter.from_customer else None
    return None


def _letter_before(talk: Talk, said: Said) -> Letter | None:
    """Return the letter that this may be the answer to: her own words, about no other customer."""
    number = talk.answers.get("letter")
    if not isinstance(number, int) or _by(talk):
        return None
    with suppress(NotFound):
        letter = letters.find(talk.session, talk.person, number)
        return letter if _named(talk, said)[0] in {None, letter.customer} else None
    return None


def _by(talk: Talk) -> str:
    """Return who said what was forwarded; "" when it is the person's own."""
    return str(talk.answers.get("by", ""))


def _quoted(talk: Talk, said: Said) -> Said:
    """Return what was said, with the name of whoever said it if that was somebody else."""
    by = _by(talk)
    return replace(said, text=f"{by} “{said.text}”") if by and said.text else said


def _remembered(talk: Talk, words: str) -> list[Remembered]:
    return recall.records(talk.session, talk.person, words, now=talk.now)


def _in_a_line(talk: Talk, one: Remembered) -> str:
    day = talk.words.written(one.at.astimezone(talk.zone).date(), talk.today)
    return brief(f"{day} · {one.number} {one.customer}", 40)


def _about(talk: Talk, said: Said) -> tuple[Customer | None, Said]:
    """Return the customer that what was sent is about, named in it or else just looked at; and the first message."""
    customer, rest = _named(talk, said)
    if customer is None and isinstance(looked_at := talk.answers.get("about"), int):
        with suppress(NotFound):
            customer = customers.find(talk.session, talk.person, looked_at)
        others = told_of(talk)
        anothers = _an_unknown_firm(talk, said) or (others and customer not in others)
        return None if anothers else customer, rest
    return customer, rest


def _named(talk: Talk, said: Said) -> tuple[Customer | None, Said]:
    """Return the customer that what was sent names, and the first message without its name."""
    customer, _words, rest = looked_for(talk, said.text)
    if customer is not None:
        return customer, replace(said, text=rest)
    return named_among(talk, [part.text for part in talk.kept.parts[-A_FEW:] if part.text and not part.by]), said


def _where(talk: Talk) -> dict[str, object]:
    """Return the place that was shared before or among it."""
    spot = talk.kept.spot
    if spot is None:
        return {name: value for name, value in talk.answers.items() if name == "place"}
    kept = places.share(talk.session, talk.person, latitude=spot.latitude, longitude=spot.longitude, at=talk.now)
    return {"place": places.use(talk.session, kept, at=talk.now).id}


def _holds_a_document(talk: Talk, said: Said) -> bool:
    return any(file.kind is FileKind.DOCUMENT for file in (*said.files, *talk.kept.files))


def _brings_a_table(talk: Talk, said: Said) -> bool:
    return talk.may(Permission.IMPORT_TABLES) and len(said.files) == 1 and is_table(said.files[0])
