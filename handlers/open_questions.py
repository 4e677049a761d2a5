"""/questionnaires/mine: what a customer's person was asked and has not answered yet."""

from __future__ import annotations

from crm import surveys
from dialog.page import page
from dialog.screen import Link, Screen
from dialog.talk import Talk
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.questionnaire import Questions, questionnaire_page
from models.person import Permission


@page("/questionnaires/mine", needs=Permission.ANSWER_SURVEYS)
def open_questions(talk: Talk, page: int = 0) -> Screen:
    """The questions that wait for her; each opens."""
    who, now = (talk.session, talk.person), talk.now
    waiting, more = leaf(page, lambda limit, offset: surveys.waiting_for(*who, now=now, limit=limit, offset=offset))
    titles = Questions()
    return Screen(
        "questionnaire/mine",
        waiting=waiting,
        rows=[
            *([Link(titles.title(talk, one), questionnaire_page, one.id)] for one in waiting),
            turning(open_questions, page=page, more=more),
            [to_home()],
        ],
    )
