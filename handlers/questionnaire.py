"""/answer: a customer's person says how satisfied she is. The first tap is saved at once; the reason is optional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm import surveys
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Pick, Scale, Words
from dialog.screen import Act, Button, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.customer import to_customer
from handlers.menu import to_home
from models.person import Permission
from models.questionnaire import AskState, Questionnaire

SCORES = range(1, 6)


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


def save_at_once(talk: Talk, name: str, value: Any, known: Mapping[str, Any]) -> None:
    """Save the score as soon as it is tapped: the reason may never come."""
    if name == "score":
        surveys.record(talk.session, talk.person, known["q"].id, score=value, at=talk.now)


@flow(
    "questionnaire",
    _("Answer a question"),
    needs=Permission.ANSWER_SURVEYS,
    command="answer",
    on_answer=save_at_once,
    at_once=True,
)
def questionnaire(talk: Talk) -> Script:
    """A score from 1 to 5, then the reason for it, if she likes."""
    if "q" not in talk.answers and not surveys.waiting_for(talk.session, talk.person, now=talk.now, limit=1):
        return Screen("questionnaire/mine", waiting=[], rows=[[to_home()]])
    asked = yield from Pick("q", Questions())
    yield from Scale("score")
    said = None if asked.reason else (yield from Words("reason", most=500, optional=True))
    if said is not None:
        surveys.add_reason(talk.session, talk.person, asked.id, words=said.text, at=talk.now)
    return questionnaire_page(talk, asked.id)


@page("/questionnaires/{questionnaire_id}")
def questionnaire_page(talk: Talk, questionnaire_id: int, ask: bool = False) -> Screen:
    """One question: for the person asked, its five buttons; for the department, the answer."""
    asked = surveys.find(talk.session, talk.person, questionnaire_id)
    if asked.person_id == talk.person.id:
        return _for_the_person_asked(talk, asked, ask=ask)
    return _for_the_department(talk, asked)


def _for_the_person_asked(talk: Talk, asked: Questionnaire, *, ask: bool) -> Screen:
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


def _for_the_department(talk: Talk, asked: Questionnaire) -> Screen:
    about: Button | None = None
    if asked.complaint_id is not None:
        about = Go(_("📋 The complaint"), f"/complaints/{asked.complaint_id}")
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
