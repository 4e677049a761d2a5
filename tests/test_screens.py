"""Every screen people can come to, in every language: it fits, it is translated, and its buttons are heard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select, update

from bot.crawl import Crawl, Sight
from bot.crawler import Crawler
from bot.stage import Set
from crm import pledges, touches
from dialog.screen import Pressable, Rendered
from dialog.words import LANGUAGES
from models import Base
from models.complaint import Complaint
from models.customer import Customer
from models.person import Person, Role
from models.questionnaire import Questionnaire
from models.touch import TouchKind
from models.visit import Reminder, Visit
from simulator.formatting import MOST_ENTITIES, parse_html, utf16_length
from simulator.keyboards import read_keyboard

AT_THE_DOOR = {"/agree/{token}", "/notice/{token}", "/later"}
"""Only strangers come here, and for them there is no engine yet."""
MOST_BUTTONS = {
    "/": 6,
    "/more": 7,
    "/tools": 8,
    "/customers/{customer_id}": 6,
    "/customers/{customer_id}/more": 6,
    "/customers/{customer_id}/file": 6,
    "/reminders/{reminder_id}": 7,
    "/pledges/{pledge_id}": 7,
    "/summary": 8,
}
"""Six to choose from, and the ways on and back; a draft that waits may add one more."""
CHOOSES = "/language/{code}"
"""The screen after this act is in the language chosen, whichever was spoken before."""
ENGLISH = re.compile(r"[A-Za-z][a-z’']+(?:[ ,]+[A-Za-z’']+){2,}")


def shown(crawl: Crawl) -> Iterator[tuple[Sight, str, Rendered]]:
    for sight in crawl.sights:
        for language, screen in sight.shown.items():
            yield sight, language, screen


def test_every_button_pressed_and_every_message_sent_gets_its_answer(crawl: Crawl):
    assert [str(fault) for fault in crawl.faults] == []


def test_there_is_a_way_to_every_page_and_conversation(scene: Set, crawl: Crawl):
    book = scene.house.book

    assert {route.pattern for route in book.routes} - crawl.patterns.keys() == AT_THE_DOOR
    assert book.flows.keys() == crawl.flows.keys()


def test_a_rep_whose_customers_are_now_another_reps_is_led_to_no_closed_door(scene: Set):
    session, rep = scene.session, scene.people["rep"]
    crawler = Crawler(scene.house, session, now=scene.now, languages=["zh_CN"])
    with session.begin_nested() as undone:
        hers = promised_and_called(scene)
        successor = session.scalars(select(Person.id).where(Person.role == Role.REP, Person.id != rep)).first()
        session.execute(update(Customer).where(Customer.owner_id == rep).values(owner_id=successor))
        session.expire_all()
        crawler.visit(rep)
        for address in hers:
            crawler.see(rep, address)
        undone.rollback()

    assert [str(fault) for fault in crawler.crawl.faults] == []


def promised_and_called(scene: Set) -> list[str]:
    """The rep's own records, with a promise and a call as the freshest."""
    rep = scene.session.get_one(Person, scene.people["rep"])
    customer = scene.session.scalars(select(Customer).where(Customer.owner_id == rep.id)).first()
    pledge = pledges.make(scene.session, rep, customer=customer, words="寄样品", day=scene.now.date(), at=scene.now)
    after = touches.newest(scene.session, rep, customer)
    call = touches.log(scene.session, rep, customer.id, kind=TouchKind.CALL, after=after, at=scene.now)
    owned = {
        "complaints": select(Complaint.id).where(Complaint.owner_id == rep.id),
        "visits": select(Visit.id).where(Visit.rep_id == rep.id),
        "reminders": select(Reminder.id).where(Reminder.rep_id == rep.id),
        "questionnaires": select(Questionnaire.id).where(Questionnaire.rep_id == rep.id),
    }
    few = [f"/{kind}/{id_}" for kind, ids in owned.items() for id_ in scene.session.scalars(ids.limit(3))]
    return [f"/pledges/{pledge.id}", f"/touches/{call.id}", *few]


def test_every_screen_is_shown_in_every_language(crawl: Crawl):
    assert [
        f"{sight.group} {sight.name} {sight.how}"
        for sight in crawl.sights
        if sight.shown and sight.shown.keys() != set(LANGUAGES)
    ] == []


def test_every_screen_is_formatted_as_telegram_wants_it_and_fits(crawl: Crawl):
    for sight, language, screen in shown(crawl):
        text, entities = parse_html(screen.text)
        most = 1024 if screen.picture or screen.table else 4096
        assert text.strip(), (sight.name, language)
        assert utf16_length(text) <= most, (sight.name, language)
        assert len(entities) <= MOST_ENTITIES, (sight.name, language)


def test_every_keyboard_fits(crawl: Crawl):
    for sight, language, screen in shown(crawl):
        assert all(len(row) <= 8 for row in screen.keyboard), (sight.name, language)
        read_keyboard({"inline_keyboard": [[as_sent(button) for button in row] for row in screen.keyboard]})


def as_sent(button: Pressable) -> dict[str, str]:
    return {"text": button.text} | ({"url": button.url} if button.url else {"callback_data": button.data or ""})


def test_the_menus_and_cards_offer_about_six_things(crawl: Crawl):
    for sight, language, screen in shown(crawl):
        buttons = [button for row in screen.keyboard for button in row if "/resume/" not in (button.data or "")]
        assert len(buttons) <= MOST_BUTTONS.get(sight.group, 99), (sight.name, language)


def test_a_word_in_a_tap_fits(crawl: Crawl):
    assert all(len(toast or "") <= 200 for sight in crawl.sights for toast in sight.toasts.values())


def test_no_english_sentence_is_left_on_a_chinese_screen(scene: Set, crawl: Crawl):
    data = everything_written(scene)
    left = {
        (run, f"{sight.group} {sight.name}")
        for sight, language, screen in shown(crawl)
        if language == "zh_CN" and sight.group != CHOOSES
        for words in (parse_html(screen.text)[0], *(button.text for row in screen.keyboard for button in row))
        for run in ENGLISH.findall(words)
        if run not in data
    }

    assert sorted(left) == []


def everything_written(scene: Set) -> str:
    """All that people and their invented firms have written, which nobody translates."""
    tables = Base.metadata.sorted_tables
    rows = (row for table in tables for row in scene.session.execute(select(table)))
    return "\n".join(value for row in rows for value in row if isinstance(value, str))
