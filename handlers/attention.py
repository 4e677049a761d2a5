"""/attention: exceptions only. Complaints late or new, low scores nobody followed up, customers who wait too long."""

from __future__ import annotations

from crm import attention, cadence
from crm.rules import rules
from dialog.page import page
from dialog.screen import Button, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.complaint import complaint_card, complaint_list
from handlers.customer import customer_card
from handlers.letter import unanswered
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.questionnaire import questionnaire_page
from models.complaint import Complaint
from models.customer import Grade
from models.person import Permission
from models.questionnaire import Questionnaire


@page("/attention", needs=Permission.SEE_SUMMARY, command="attention", title=_("What needs me"))
def needs_me(talk: Talk) -> Screen:
    """How many things of each kind wait; each kind opens."""
    waits = attention.waiting(talk.session, talk.person, now=talk.now)
    return Screen(
        "attention/attention",
        waits=waits,
        rows=[
            [
                _if(
                    waits.complaints,
                    Link(_("❗ Overdue {count}", count=waits.complaints), complaint_list, late=True),
                ),
                _if(waits.new, Link(_("🆕 To acknowledge {count}", count=waits.new), complaint_list, new=True)),
            ],
            [_if(waits.letters, Link(_("✉️ Unanswered {count}", count=waits.letters), unanswered))],
            [_if(waits.scores, Link(_("🙁 Low scores {count}", count=waits.scores), low_scores))],
            [_if(waits.customers, Link(_("⏳ A customers {count}", count=waits.customers), waiting, grade=Grade.A))],
            [_if(waits.requests, Go(_("🔒 Requests about data {count}", count=waits.requests), "/requests"))],
            [to_home()],
        ],
    )


@page("/attention/scores", needs=Permission.SEE_SUMMARY)
def low_scores(talk: Talk, page: int = 0) -> Screen:
    """The scores of 1 or 2 after which nobody was in touch with the customer, the oldest first."""
    who, now = (talk.session, talk.person), talk.now
    low, more = leaf(page, lambda limit, offset: attention.low_scores(*who, now=now, limit=limit, offset=offset))
    return Screen(
        "attention/scores",
        answers=low,
        rows=[*([to_answer(one)] for one in low), turning(low_scores, page=page, more=more), _ways_back()],
    )


@page("/attention/waiting", needs=Permission.SEE_SUMMARY)
def waiting(talk: Talk, grade: Grade | None = None, page: int = 0) -> Screen:
    """The customers who wait longer for a visit than their grade allows, key customers first."""
    who, now = (talk.session, talk.person), talk.now
    late, more = leaf(
        page, lambda limit, offset: cadence.overdue(*who, now=now, grade=grade, limit=limit, offset=offset)
    )
    return Screen(
        "attention/waiting",
        late=late,
        grade=grade,
        gaps=gaps(talk),
        rows=[
            *(
                [Link(f"{brief(one.name, 30)} · {one.grade.value}", customer_card, one.id)]
                for one, _last, _days in late
            ),
            turning(waiting, page=page, more=more, grade=grade),
            [Link(marked(one.value, here=one is grade), waiting, grade=one) for one in Grade],
            _ways_back(),
        ],
    )


def to_complaint(complaint: Complaint) -> Button:
    """Return the button that opens a complaint."""
    return Link(f"{complaint.number} · {brief(complaint.customer.name, 30)}", complaint_card, complaint.id)


def to_answer(answer: Questionnaire) -> Button:
    """Return the button that opens an answered questionnaire."""
    return Link(f"{answer.score} · {brief(answer.customer.name, 30)}", questionnaire_page, answer.id)


def gaps(talk: Talk) -> dict[Grade, int]:
    """Return how many days a customer of each grade may wait for a visit."""
    return {grade: gap.days for grade, gap in rules(talk.session).cadence.items()}


def marked(label: str, *, here: bool) -> str:
    """Return what stands on a button, marked when it is what is shown."""
    return f"• {label}" if here else label


def _if(count: int, button: Button) -> Button | None:
    return button if count else None


def _ways_back() -> list[Button]:
    return [Link(_("❗ What needs me"), needs_me), Go(_("📊 Summary"), "/summary")]
