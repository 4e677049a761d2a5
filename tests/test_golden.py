"""The screens people see most, word for word, in both languages: a change of any word is seen in review.

``make golden`` writes them anew, once somebody has read them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.crawl import Crawl, Sight
from dialog.screen import Rendered
from dialog.words import LANGUAGES, plain

GOLDEN = Path(__file__).parent / "golden"
SEEN_MOST = (
    "/",
    "/help",
    "/today",
    "visit",
    "/visits/{visit_id}",
    "/reminders/{reminder_id}",
    "/customers/{customer_id}",
    "complaint",
    "resolve",
    "report",
    "/complaints/{complaint_id}",
    "questionnaire",
    "/questionnaires/{questionnaire_id}",
    "/summary",
    "/privacy",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screens_people_see_most_read_as_they_were_approved(crawl: Crawl, language: str):
    file = GOLDEN / f"{language}.txt"
    told = "\n".join(written(sight, sight.shown[language]) for sight in first_of_each(crawl))
    if os.environ.get("GOLDEN"):
        file.write_text(told, encoding="utf-8")

    assert told == file.read_text(encoding="utf-8"), "read the new words; if they are right, run `make golden`"


def first_of_each(crawl: Crawl) -> Iterator[Sight]:
    """The first sight of each screen for each role, undisturbed by anything sent at the wrong moment."""
    seen = set()
    for group in SEEN_MOST:
        for sight in (sight for sight in crawl.sights if sight.group == group and not sight.how):
            if sight.shown and (group, sight.name, sight.role) not in seen:
                seen.add((group, sight.name, sight.role))
                yield sight


def written(sight: Sight, screen: Rendered) -> str:
    buttons = "\n".join(" ".join(f"[{button.text}]" for button in row) for row in screen.keyboard)
    picture = "(picture)\n" if screen.picture else ""
    return f"── {sight.group} · {sight.name} · {sight.role.value}\n{picture}{plain(screen.text)}\n{buttons}\n"
