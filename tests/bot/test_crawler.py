"""The crawler sees everything, changes nothing, and tells what is wrong."""

# ruff: noqa: F811 - the fixtures are the little tea house's, imported by name

from __future__ import annotations

from types import SimpleNamespace

from sqlalchemy.orm import Session

from bot.crawl import FREE, Crawl, Manner
from bot.crawler import Crawler
from dialog.screen import Go, Screen
from tests.chatter import Chatter
from tests.dialog.conftest import NOW, olga, session, tea_house  # noqa: F401


def crawl(olga: Chatter) -> Crawl:
    crawler = Crawler(olga.house, olga.session, now=NOW)
    crawler.visit(olga.person.id)
    return crawler.crawl


def ways(crawl: Crawl, question: str) -> list[str]:
    return [sight.how for sight in crawl.sights if (sight.group, sight.name) == ("tea", question)]


def test_every_question_is_seen_with_its_refusal_and_its_variants(olga: Chatter):
    found = crawl(olga)

    assert [fault.where for fault in found.faults] == ["/cups/0"], "the tea house's home links to a cup not yet served"
    assert ways(found, "guest") == ["", "›", "words", "a contact card", "a place", "a photo", "a table"], (
        "a sticker is refused in the words a place is refused in, and is not shown again"
    )
    assert ways(found, "kind")[:2] == ["", "words"]
    assert "📅 Calendar" in ways(found, "day")
    assert "✏️ Edit" in ways(found, "save")
    assert "a photo" in ways(found, "others")


def test_pages_endings_and_free_messages_are_seen(olga: Chatter):
    found = crawl(olga)

    assert list(found.patterns) == ["/", "/cups/{cup_id}"]
    assert ways(found, "⏹ /cups/{cup_id}") == [""]
    assert any(sight.group == FREE and sight.name == "a sticker" for sight in found.sights)


def test_the_steps_of_a_conversation_are_its_diagram(olga: Chatter):
    steps = crawl(olga).steps

    taken = {(step.question, step.to, step.manner, step.answer) for step in steps}
    assert ("", "guest", Manner.WORDS, "") in taken
    assert ("kind", "note", Manner.KEY, "Green tea") in taken
    assert ("note", "save", Manner.SKIP, "") in taken
    assert ("save", "day", Manner.LATER, "") in taken
    assert ("save", "⏹ /cups/{cup_id}", Manner.WORDS, "") in taken


def test_nothing_is_left_behind(olga: Chatter, session: Session):
    crawl(olga)

    assert not session.new
    assert not session.dirty
    olga.says("/menu")
    assert "Resume" not in " ".join(olga.buttons)


def test_a_button_that_leads_nowhere_is_a_fault(olga: Chatter, tea_house: SimpleNamespace):
    home = tea_house.house.book.find("/")[0]
    home.function = lambda talk: Screen("home", rows=[[Go("Away", "/nowhere/7"), Go("Back", "/cups/99")]])

    assert [str(fault) for fault in crawl(olga).faults] == [
        "/nowhere/7: no page has this address",
        "/cups/99: a button shown to the rep leads to NotFound",
    ]
