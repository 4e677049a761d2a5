"""Every conversation can be opened by an address, forged or old, and ends in a word that helps."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.book import book
from models.customer import Customer
from models.letter import Letter
from models.problem import NotFound
from tests.chatter import Chatter

GONE = "?customer=77&visit=77&request=77&letter=77&contact=77&complaint=77&person=77&pledge=77"


@pytest.mark.parametrize("name", sorted(book().flows))
def test_a_conversation_opened_bare_or_about_what_is_gone_still_asks(
    li: Chatter, chen: Chatter, sun: Chatter, wang: Chatter, east_bearings: Customer, name: str
):
    for who in (li, chen, sun, wang):
        who.presses(f"/do/{name}", 1)
        who.says("/cancel")
        who.presses(f"/do/{name}{GONE}", 1)
        assert who.reply.screen or who.toast


@pytest.mark.parametrize("address", ["/do/visit?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9", "/customers?&&&&&&&&&"])
def test_a_forged_address_with_many_fields_is_not_found(li: Chatter, east_bearings: Customer, address: str):
    li.presses(address, 1)
    assert isinstance(li.problem, NotFound)


def test_an_amount_beyond_all_measure_is_refused(li: Chatter, east_bearings: Customer):
    li.presses(f"/do/contract?customer={east_bearings.id}", 1)
    li.says("备件框架 一年")
    li.taps("金额")
    li.says("1e9999999")
    assert "请输入金额" in li.sees


def test_a_letter_of_emoji_alone_is_shown_as_far_as_it_fits(wang: Chatter, session: Session):
    wang.presses("/do/message", 1)
    wang.says("😀" * 2048)
    assert session.scalars(select(Letter)).one()
    assert "😀…" in wang.sees


@pytest.mark.parametrize("link", ["privacy-stop", "language-en", "exports-customers"])
def test_a_link_from_anybody_does_nothing_by_itself(wang: Chatter, chen: Chatter, link: str):
    for who in (wang, chen):
        who.says(f"/start {link}")
        assert isinstance(who.problem, NotFound)
        assert who.screen.table is None
    assert (wang.person.stopped_at, wang.person.language) == (None, "zh_CN")


def test_a_link_still_opens_a_page(chen: Chatter):
    chen.says("/start exports")
    assert chen.problem is None


@pytest.mark.parametrize("line", ["/answer 5 <b>很满意", "/away 下周一<b>", "/complaints <b>华东轴承", "/today <b>"])
def test_words_behind_a_command_that_takes_none_are_said_to_be_unused(wang: Chatter, li: Chatter, line: str):
    who = wang if line.startswith("/answer") else li
    who.says(line)
    assert f"“{line.partition(' ')[2]}”没有用上" in who.sees


def test_words_behind_a_command_that_takes_them_are_used(li: Chatter, east_bearings: Customer):
    li.says("/visit 华东轴承 谈了备件")
    assert "没有用上" not in li.sees
