"""What a customer sends out of the blue: it is about her open complaint before it is anything else.

One tap puts it where it belongs, the likeliest place first. Nothing she wrote is lost, and no second number comes
about by a tap when a complaint that is open fits. An accident waits for no tap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from crm import complaints, dangers, duty, filing, moves, surveys
from crm.rules import rules
from dialog.events import Event, Message, Tap
from dialog.flow import Enter, Script, flow
from dialog.question import Again, Answer, Elsewhere, Gone, Heard, Here, Question, Refusal
from dialog.questions import Said, Words, said_in
from dialog.screen import Door, Go, Key, Link, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import Label, _, brief, clean
from handlers import gathered, hints, late
from handlers.data_request import ask_about_data
from handlers.letter import letter_page
from handlers.letter import message as letter
from handlers.menu import bare, called, labelled, to_home
from handlers.privacy import stop
from handlers.questionnaire import answered, questionnaire
from handlers.report import MOST, customers_card, firm_of, my_complaints, register, report
from handlers.wishes import no_questionnaires, wish_in
from models.complaint import Complaint, Danger, Stage
from models.data_request import DataWish
from models.person import Permission
from models.problem import NotFound

SOME_MINUTES = timedelta(minutes=10)
"""What is sent within this time of each other belongs together."""
A_FEW = 3


class Place(StrEnum):
    """Where what she sent can go."""

    ADD = "add"
    AGAIN = "again"
    SEE = "see"
    SCORE = "score"
    DATA = "data"
    STOP = "stop"
    NEW = "new"
    LETTER = "letter"
    NOWHERE = "nowhere"


Where = tuple[Place, str]
"""The place, and the number or name of what it is there."""
_OF_COMPLAINTS = frozenset({Place.ADD, Place.AGAIN, Place.SEE})
_ALWAYS = frozenset({Place.NEW, Place.LETTER, Place.NOWHERE})
_OF_HERSELF = frozenset({Place.DATA, Place.STOP})


class WhereTo(Question[Where]):
    """Where it goes. The likeliest place comes first; what is sent meanwhile joins it."""

    typed = False
    has_own_cancel = True
    rejection = _("Tap where it goes.")

    def __init__(self, name: str, said: Said) -> None:
        super().__init__(name)
        self.said = said

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what was sent so far, and the complaint it is probably about."""
        talk, kept = here.talk, here.talk.kept
        likely = next(iter(likely_ones(talk, _text(talk, self.said))), None)
        alarming = bool(dangers.found_in(_text(talk, self.said), rules(talk.session)))
        return {
            "said": self.said,
            "kept": kept,
            "sent": len(self.said.files) + len(kept.files),
            "complaint": likely,
            "wish": offered(talk, self.said)[0][0] in _OF_HERSELF,
            "phone": rules(talk.session).emergency_phone if alarming else "",
        }

    def rows(self, here: Here) -> Rows:
        """Return a key for each place: the likeliest on its own, then what it may be about, then what always goes."""
        places = offered(here.talk, self.said)
        keys = [(where, Key(_label(here.talk, where, among=places), ".".join(where))) for where in places]
        (_likeliest, first), *others = keys
        about = [[key] for where, key in others if where[0] not in _ALWAYS]
        return [[first], *about, *grid((key for where, key in others if where[0] in _ALWAYS), 2)]

    def hear(self, here: Here, event: Event) -> Heard[Where]:
        """Return the place tapped, or whose button was typed. A page's name leads there."""
        places = offered(here.talk, self.said)
        if isinstance(event, Tap):
            found = next((where for where in places if ".".join(where) == event.data), None)
            return Answer(found) if found else Again({})  # it has closed meanwhile: what there is now is shown
        if isinstance(event, Message):
            typed = bare(event.text)
            for where in places:
                if typed and typed == bare(here.talk.say(_label(here.talk, where, among=places))):
                    return Answer(where)
            if _is_words(event) and hints.polite(event.text):
                return Again({})  # a word of thanks is no part of what she reports
            address = called(here.talk, event) or labelled(here.talk, event)
            if address not in {None, "/"} and not str(address).startswith("/do/"):
                return Elsewhere(str(address))
        return Refusal(self.rejection)

    def freeze(self, value: Where) -> str:
        """Return the place as one word."""
        return ".".join(value)

    def thaw(self, talk: Talk, frozen: str) -> Where:
        """Return the place. Raises Gone when it has closed meanwhile."""
        place, _dot, what = frozen.partition(".")
        if Place(place) in _OF_COMPLAINTS:
            complaint = complaints.find(talk.session, talk.person, int(what))
            fits = complaint.stage is Stage.RESOLVED if place == Place.AGAIN else complaint.open
            if not fits:
                raise Gone
        return Place(place), what


@flow(
    "told",
    _("What you sent"),
    needs=Permission.REPORT_PROBLEMS,
    keeps=True,
    keeps_places=True,
    within=SOME_MINUTES,
)
def told(talk: Talk) -> Script:
    """Whatever she sends within some minutes, in any order, goes where one tap says."""
    said = yield from Words("words", most=MOST, voice=True, photos=10, files_alone=True)
    place, what = at_once(talk, said) or (yield from WhereTo("where", said))
    frozen = Words("words").freeze(said)
    if place in _OF_COMPLAINTS:
        return _about(talk, place, complaints.find(talk.session, talk.person, int(what)), said)
    if place is Place.SCORE:
        return Enter(questionnaire, "said", frozen, {"q": int(what)})
    if place is Place.DATA:
        return Enter(ask_about_data, "words", frozen, {"wish": what})
    if place is Place.STOP:
        return stop(talk)
    if place is Place.LETTER:
        return Enter(letter, "words", frozen)
    if place is Place.NOWHERE:
        rep = firm_of(talk).owner
        return Screen("report/dropped", rep=rep, rows=[[Door(_("📝 Report a problem"), report), to_home()]])
    if not (_text(talk, said) or said.files or talk.kept.files):
        return Enter(report, "words", None)
    return customers_card(talk, register(talk, said))


def hear_customer(talk: Talk, message: Message) -> Screen | Enter:
    """Return what a customer's free message leads to."""
    earlier = late.joined(talk, message)
    if earlier is not None and earlier.complaint_id is not None:
        return customers_card(talk, complaints.find(talk.session, talk.person, earlier.complaint_id))
    if earlier is not None and earlier.letter_id is not None:
        return letter_page(talk, earlier.letter_id)
    if not (message.file or message.spot or message.card or message.text.strip()):
        return Screen("told/nothing", rows=_ways(talk))
    if _is_words(message):
        found = _in_a_word(talk, message)
        if found is not None:
            return found
    unsolved = hints.not_solved(message.text) and likely_ones(talk, "")
    return (None if unsolved else answered(talk, message)) or Enter(told, "words", said_in(message))


def at_once(talk: Talk, said: Said) -> Where | None:
    """Return where words of an accident or a stopped line go without a tap; None for what can wait for one.

    They join a complaint that is alarming already, or become one. Other dangers become one while none is open.
    """
    text = _text(talk, said)
    pressing = [one for one in likely_ones(talk, text) if one.pressing]
    if dangers.cannot_wait(text, rules(talk.session)):
        return (Place.ADD, str(pressing[0].id)) if pressing else (Place.NEW, "")
    safety = Danger.SAFETY in dangers.found_in(text, rules(talk.session)) and not hints.asks(text)
    return (Place.NEW, "") if safety and not likely_ones(talk, text) else None


def offered(talk: Talk, said: Said) -> list[Where]:
    """Return the places there are, the likeliest first."""
    text, kept = _text(talk, said), talk.kept
    about = likely_ones(talk, text)
    places = [(place, str(about[0].id)) for place in _about_one(about[0], text)] if about else []
    places += [(Place.ADD, str(other.id)) for other in about[1:]]
    places += [(Place.SCORE, str(asked.id)) for asked in _asked(talk)]
    usual = [(Place.NEW, ""), (Place.LETTER, ""), (Place.NOWHERE, "")]
    if no_questionnaires(text):
        return [(Place.STOP, ""), *places, *usual]
    wish = wish_in(text)
    if wish is not None:
        return [(Place.DATA, wish.value), *places, *usual]
    only_a_card = kept.cards and not (said.files or kept.files or text)
    if only_a_card or (not about and hints.asks(said.text)):
        return [(Place.LETTER, ""), *places, (Place.NEW, ""), (Place.NOWHERE, "")]
    return [*places, *usual]


def likely_ones(talk: Talk, text: str) -> Sequence[Complaint]:
    """Return her complaints that are open, the one these words are probably about first.

    Its number says so, or words that it has as well, or that it was solved and is not; else what moved last.
    """
    hers = complaints.still_open(talk.session, talk.person)
    again, pairs = hints.not_solved(text), hints.pairs(text)
    numbers = hints.numbers(text)

    def likelihood(one: Complaint) -> tuple[bool, int, bool, Any]:
        alike = len(pairs & hints.pairs(one.said))
        return one.id in numbers, alike, again and one.stage is Stage.RESOLVED, one.moves[-1].at

    return sorted(hers, key=likelihood, reverse=True)[:A_FEW]


def _about_one(complaint: Complaint, text: str) -> list[Place]:
    resolved = complaint.stage is Stage.RESOLVED
    places = [Place.ADD, Place.AGAIN, Place.SEE] if resolved else [Place.ADD, Place.SEE]
    likeliest = Place.SEE if hints.asks(text) else Place.ADD
    if resolved and (hints.not_solved(text) or not text):
        likeliest = Place.AGAIN
    return sorted(places, key=lambda place: place is not likeliest)


def _about(talk: Talk, place: Place, complaint: Complaint, said: Said) -> Screen:
    """Put it into the complaint; whoever asks how it stands sees it, and who looks after it reads the question."""
    words, files = gathered.words(talk, said, cards=True), gathered.sent(talk, said)
    facts: dict[str, Any] = {"words": words, "files": files, "at": talk.now}
    if place is Place.AGAIN:
        moves.reopen(talk.session, talk.person, complaint.id, version=complaint.version, **facts)
    else:
        filing.add(talk.session, talk.person, complaint.id, **facts)
    gathered.remember(talk, complaint.moves[-1], "words", said.text)
    return customers_card(talk, complaint, passed_on=True)


def _in_a_word(talk: Talk, message: Message) -> Screen | Enter | None:
    """Return what a few words alone mean: thanks, the name of a page or a button, a complaint's number, how it goes."""
    if hints.polite(message.text):
        return Screen("told/thanks", complaint=next(iter(likely_ones(talk, "")), None), rows=_ways(talk))
    address = called(talk, message) or labelled(talk, message)
    if address is not None and address.startswith("/do/"):
        return Enter(talk.house.book.flows[address.removeprefix("/do/")], "words", None)
    found = talk.house.book.find(address) if address is not None else None
    if found is not None:
        return found[0](talk, **found[1])
    if hints.progress(message.text):
        hers = likely_ones(talk, "")
        return customers_card(talk, hers[0]) if len(hers) == 1 else my_complaints(talk)
    try:
        number = hints.number_alone(message.text)
        return customers_card(talk, complaints.find(talk.session, talk.person, number)) if number else None
    except NotFound:
        return None


def _ways(talk: Talk) -> Rows:
    about = next(iter(likely_ones(talk, "")), None)
    return [
        [Go(_("📋 How {number} stands", number=about.number), complaints.address(about)) if about else None],
        [Door(_("📝 Report a problem"), report), Door(_to_rep(talk), letter)],
        [Link(_("📋 My complaints"), my_complaints) if about is None else None, to_home()],
    ]


def _label(talk: Talk, where: Where, *, among: Sequence[Where]) -> str:
    """Return what stands on a place's button."""
    place, what = where
    if place in _OF_COMPLAINTS:
        complaint = complaints.find(talk.session, talk.person, int(what))
        words = brief(clean(complaint.words, line=True), 14) or "📎"
        return Label(_ON_A_BUTTON[place], number=complaint.number, words=words)
    if place is Place.DATA:
        return f"🔒 {talk.words.name(DataWish(what))}"
    if place is Place.STOP:
        return _("🔕 No more questionnaires")
    if place is Place.LETTER:
        return _to_rep(talk)
    alone = not any(other[0] in _OF_COMPLAINTS | _OF_HERSELF for other in among)
    if place is Place.NEW:
        return _("✅ Send") if alone else _("📝 Another problem")
    if place is Place.NOWHERE:
        return _("Not a problem") if alone else _("No, forget it")
    return _("💬 It is my rating")


_ON_A_BUTTON = {
    Place.ADD: _("➕ Add to {number} ({words})"),
    Place.AGAIN: _("🔁 {number} is not solved ({words})"),
    Place.SEE: _("📋 How {number} stands"),
}


def _to_rep(talk: Talk) -> str:
    return _("✉️ Message to {name}", name=brief(duty.reached_for(talk.session, firm_of(talk).owner).name, 12))


def _asked(talk: Talk) -> Sequence[Any]:
    return surveys.waiting_for(talk.session, talk.person, now=talk.now, limit=1)


def _is_words(message: Message) -> bool:
    return not (message.file or message.spot or message.card or message.forwarded_from)


def _text(talk: Talk, said: Said) -> str:
    return gathered.together(said.text, talk.kept.text)
