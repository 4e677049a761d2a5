"""/answer: a customer's person says how satisfied she is. The first tap is saved at once; the reason is optional.

Words do as well as taps: a number or 满意 is a score, a sentence is the reason and the score is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from crm import surveys
from dialog.events import Message
from dialog.flow import Enter, Script, flow
from dialog.page import act, page
from dialog.question import Here
from dialog.questions import Pick, Scale, Words, said_in
from dialog.screen import Act, Button, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.customer import to_customer
from handlers.menu import to_home
from models.person import Permission
from models.questionnaire import AskState, Questionnaire

SCORES = range(1, 6)
MOST = 4096
"""As long as a message can be: what she wrote before any number is the reason, however long."""
_NUMBER = re.compile(r"(?:打|给)?([1-5一二三四五])分?")
_DIGITS = dict(zip("一二三四五", SCORES, strict=True))
_IN_WORDS = {
    5: ("非常满意", "很满意", "十分满意", "very satisfied"),
    4: ("满意", "比较满意", "还满意", "satisfied"),
    3: ("一般", "一般般", "还行", "so so"),
    2: ("不满意", "不太满意", "dissatisfied", "not satisfied"),
    1: ("非常不满意", "很不满意", "太不满意", "very dissatisfied"),
}
_JUDGES = re.compile(r"满意|评价|打分|satisf|rating", re.IGNORECASE)


class Questions:
    """The questions put to this person that are not answered yet."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Questionnaire]:  # noqa: ARG002
        """Return them, the newest first."""
        return surveys.waiting_for(talk.session, talk.person, now=talk.now, limit=limit, offset=offset)

    def find(self, talk: Talk, id_: int) -> Questionnaire:
        """Return one by its id. Raises NotFound."""
        return surveys.find(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Questionnaire) -> str:
        """Return what it is about."""
        about = row.complaint.number if row.complaint else ""
        about = talk.words.day(row.visit.at.astimezone(talk.zone).date(), talk.today) if row.visit else about
        return f"{talk.words.name(row.occasion)} · {about}"


class Score(Scale):
    """The number, asked for in the message of its questionnaire."""

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return what she said before, if anything."""
        return {**super().facts(here), "reason": here.known["q"].reason}

    def ask(self, here: Here) -> Screen:
        """Return the screen."""
        return _living(super().ask(here), here.known["q"])


class Reason(Words):
    """The reason, asked for in the same message."""

    def ask(self, here: Here) -> Screen:
        """Return the screen."""
        return _living(super().ask(here), here.known["q"])


def save_at_once(talk: Talk, name: str, value: Any, known: Mapping[str, Any]) -> None:
    """Save the score as soon as it is tapped, and what she wrote before it: the rest may never come."""
    if name == "said":
        surveys.add_reason(talk.session, talk.person, known["q"].id, words=value.text, at=talk.now)
    if name == "score":
        surveys.record(talk.session, talk.person, known["q"].id, score=value, at=talk.now)


@flow(
    "questionnaire",
    _("Answer a question"),
    needs=Permission.ANSWER_SURVEYS,
    command="answer",
    on_answer=save_at_once,
    at_once=True,
    within=timedelta(hours=1),
)
def questionnaire(talk: Talk) -> Script:
    """A score from 1 to 5, then the reason for it, if she likes."""
    if "q" not in talk.answers and not surveys.waiting_for(talk.session, talk.person, now=talk.now, limit=1):
        return Screen("questionnaire/mine", waiting=[], rows=[[to_home()]])
    asked = yield from Pick("q", Questions())
    if "said" in talk.answers:
        yield from Words("said", most=MOST)
    yield from Score("score")
    said = None if asked.reason else (yield from Reason("reason", most=500, optional=True))
    if said is not None:
        surveys.add_reason(talk.session, talk.person, asked.id, words=said.text, at=talk.now)
    return questionnaire_page(talk, asked.id)


def answered(talk: Talk, message: Message) -> Enter | None:
    """Return the answer that a message outside of conversations gives to the newest question that waits, if any."""
    waiting = surveys.waiting_for(talk.session, talk.person, now=talk.now, limit=1)
    if not waiting or message.file is not None or message.forwarded_from is not None:
        return None
    score = score_in(message.text)
    if score is not None:
        return Enter(questionnaire, "score", score, {"q": waiting[0].id})
    return as_reason(waiting[0], message) if _JUDGES.search(message.text) else None


def as_reason(asked: Questionnaire, message: Message) -> Enter:
    """Return the conversation in which this message is the reason for a score still to be given."""
    return Enter(questionnaire, "said", said_in(message), {"q": asked.id})


def score_in(text: str) -> int | None:
    """Return the score that a message of one word is, such as ``5``, ``四分`` or ``不满意``."""
    bare = unicodedata.normalize("NFKC", text).strip(" \n。.,!~").casefold()
    number = _NUMBER.fullmatch(bare)
    if number:
        return _DIGITS.get(number[1]) or int(number[1])
    return next((score for score, words in _IN_WORDS.items() if bare in words), None)


def _living(screen: Screen, asked: Questionnaire) -> Screen:
    screen.thread = surveys.thread(asked)
    return screen


@page("/questionnaires/{questionnaire_id}")
def questionnaire_page(talk: Talk, questionnaire_id: int, ask: bool = False) -> Screen:
    """One question: for the person asked, its five buttons; for the department, the answer."""
    asked = surveys.find(talk.session, talk.person, questionnaire_id)
    if asked.person_id == talk.person.id:
        return _living(_for_the_person_asked(talk, asked, ask=ask), asked)
    return _for_the_department(talk, asked)


def _for_the_person_asked(talk: Talk, asked: Questionnaire, *, ask: bool) -> Screen:
    if asked.held and asked.score is None:
        return Screen("questionnaire/held", asked=asked, rows=[[_to_complaint(asked), to_home()]])
    over = asked.closed(talk.now) or asked.state is AskState.SUPPRESSED
    if over or (asked.state is AskState.DECLINED and not ask):
        return Screen(
            "questionnaire/over", asked=asked, over=over, rows=[[None if over else _after_all(asked), to_home()]]
        )
    if asked.score is not None:
        low = asked.score <= surveys.LOW
        return Screen(
            "questionnaire/thanks",
            asked=asked,
            low=low,
            rows=[
                _numbers(asked),
                [None if asked.reason else Door(_("💬 Say why"), questionnaire, q=asked, score=asked.score)],
                [Go(_("📝 Report a problem"), "/do/report") if low else None, to_home()],
            ],
        )
    return Screen(
        "questionnaire/question",
        asked=asked,
        rows=[_numbers(asked), [Act(_("I would rather not answer"), decline, asked.id)]],
    )


def _numbers(asked: Questionnaire) -> list[Button]:
    return [
        Door(f"✓ {score}" if score == asked.score else str(score), questionnaire, q=asked, score=score)
        for score in SCORES
    ]


def _after_all(asked: Questionnaire) -> Button:
    return Link(_("Answer after all"), questionnaire_page, asked.id, ask=True)


def _to_complaint(asked: Questionnaire) -> Button | None:
    return Go(_("📋 The complaint"), f"/complaints/{asked.complaint_id}") if asked.complaint_id is not None else None


def _for_the_department(talk: Talk, asked: Questionnaire) -> Screen:
    about = _to_complaint(asked)
    if asked.visit_id is not None:
        about = Go(_("📋 The visit"), f"/visits/{asked.visit_id}")
    return Screen(
        "questionnaire/answer",
        asked=asked,
        low=asked.score is not None and asked.score <= surveys.LOW,
        call_by=surveys.call_by(talk.session, asked),
        rows=[
            [to_customer(talk, asked.customer_id), about],
            [Go(_("📞 Log the call"), f"/do/visit?customer={asked.customer_id}") if asked.score else None],
        ],
    )


@act("/questionnaires/{questionnaire_id}/decline", needs=Permission.ANSWER_SURVEYS)
def decline(talk: Talk, questionnaire_id: int) -> Screen:
    """She would rather not answer."""
    surveys.decline(talk.session, talk.person, questionnaire_id, at=talk.now)
    return questionnaire_page(talk, questionnaire_id)
