"""What a rep sends within some minutes, in any order, becomes one record; she is asked only for what is missing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from dialog.events import File, Message
from models.attachment import FileKind
from models.complaint import Complaint
from models.customer import Contact, Customer
from models.person import Person
from models.visit import Outcome, Place, Visit
from tests.chatter import Chatter
from tests.conftest import Clock, firm

CAR_PARK = (31.23041, 121.47371)
PARTS: dict[str, Callable[[Chatter], object]] = {
    "words": lambda li: li.says("谈了3号线备件，下周三报价"),
    "photo": lambda li: li.sends(FileKind.PHOTO),
    "voice": lambda li: li.sends(FileKind.VOICE),
    "place": lambda li: li.shares_place(*CAR_PARK),
    "card": lambda li: li.shares_card("刘工", "13800000000"),
}


@pytest.fixture
def located(session: Session, east_bearings: Customer) -> Customer:
    east_bearings.latitude, east_bearings.longitude = 31.231, 121.474
    session.flush()
    return east_bearings


def visit(session: Session) -> Visit:
    return session.scalars(select(Visit)).one()


@pytest.mark.parametrize("order", list(permutations(PARTS))[::7], ids="-".join)
def test_in_whatever_order_it_is_sent_it_becomes_one_visit(
    li: Chatter, session: Session, located: Customer, order: tuple[str, ...]
):
    for part in order:
        PARTS[part](li)
    li.taps("拜访")
    li.taps("华东轴承")
    li.taps("待跟进")

    made = visit(session)
    assert (made.customer, made.outcome, made.near) == (located, Outcome.OPEN, True)
    assert made.note == "谈了3号线备件，下周三报价"
    assert made.next_visit is not None
    assert {file.kind for file in made.attachments} == {FileKind.PHOTO, FileKind.VOICE}
    assert [person.name for person in made.met] == ["刘工"]
    assert [contact.name for contact in session.scalars(select(Contact))] == ["刘工"]
    assert li.taps_made == 3


def test_all_that_was_sent_stands_on_the_screen_before_it_is_saved(li: Chatter, located: Customer):
    for send in PARTS.values():
        send(li)
    for shown in ("谈了3号线备件", "🎤 语音 1 · 📷 照片 1", "刘工", "已收到你的位置"):
        assert shown in li.sees
    li.taps("拜访")
    li.taps("华东轴承")
    for shown in ("谈了3号线备件", "🎤 语音 1 · 📷 照片 1", "刘工", "已收到你的位置", "下周三"):
        assert shown in li.sees


def test_the_customers_name_may_come_after_the_photo(li: Chatter, session: Session, east_bearings: Customer):
    li.sends(FileKind.PHOTO)
    li.says("华东轴承")
    assert "华东轴承有限公司" in li.sees
    li.says("油封换好了")
    li.taps("拜访")
    li.taps("顺利")
    assert (visit(session).customer, visit(session).note) == (east_bearings, "油封换好了")
    assert li.taps_made == 2


def test_what_was_sent_can_become_a_complaint_with_all_of_it(li: Chatter, session: Session, east_bearings: Customer):
    li.sends(FileKind.PHOTO)
    li.shares_card("刘工", "13800000000")
    li.says("华东轴承")
    li.says("3号线漏油")
    li.taps("投诉")
    li.taps("产品质量")
    complaint = session.scalars(select(Complaint)).one()
    assert complaint.customer == east_bearings
    assert complaint.words == "3号线漏油\n👤 刘工 13800000000"
    assert len(complaint.attachments) == 1


def test_a_forwarded_message_among_it_says_whose_words_they_are(li: Chatter, session: Session, east_bearings: Customer):
    li.says("华东轴承 去看了3号线")
    li.says("泵还在漏", forwarded_from="王芳")
    li.taps("拜访")
    li.taps("有问题")
    assert visit(session).note == "去看了3号线\n王芳 “泵还在漏”"


def test_a_forwarded_name_is_no_search_for_a_customer(li: Chatter, session: Session, east_bearings: Customer):
    li.says("泵又漏油了", forwarded_from="王芳")
    li.says("华东水泵也一样", forwarded_from="王芳")
    assert "这段话先放在草稿里" in li.sees
    li.taps("华东轴承")
    li.taps("产品质量")
    assert session.scalars(select(Complaint)).one().words == "泵又漏油了\n王芳 “华东水泵也一样”"


def test_what_comes_much_later_is_something_new_and_the_first_waits(
    li: Chatter, session: Session, east_bearings: Customer, clock: Clock
):
    li.says("谈了备件的价格")
    clock.passes(minutes=11)
    li.says("华东轴承")
    assert li.sees.startswith("华东轴承有限公司")
    li.taps("继续：刚发的内容")
    assert "谈了备件的价格" in li.sees
    li.taps("拜访")
    li.taps("华东轴承")
    li.taps("顺利")
    assert visit(session).note == "谈了备件的价格"


def test_nothing_is_ever_joined_to_a_conversation_by_the_clock(li: Chatter, east_bearings: Customer, clock: Clock):
    li.says("/visit 华东轴承")
    clock.passes(hours=30)
    li.says("谈了备件")
    assert "谈了备件" in li.sees
    assert "这次情况怎么样" in li.sees


def test_a_pages_name_leads_there_and_the_draft_waits(li: Chatter, east_bearings: Customer):
    li.says("谈了备件的价格")
    li.says("今天")
    assert li.sees.startswith("今天 3月10日")
    li.taps("继续：刚发的内容")
    assert "谈了备件的价格" in li.sees


@pytest.mark.parametrize("sends_again", [False, True])
def test_the_person_on_a_card_is_added_once(li: Chatter, session: Session, engineer: Contact, sends_again: bool):
    engineer.phone = "+86 138 0000 0000"
    session.flush()
    li.says("/visit 华东轴承 谈了备件")
    for _time in range(1 + sends_again):
        li.shares_card("王芳（设备）", "13800000000")
    assert "联系人先放在草稿里" in li.sees or sends_again
    li.taps("顺利")
    assert visit(session).met == [engineer]
    assert session.scalars(select(Contact)).all() == [engineer]


def test_a_card_alone_becomes_a_contact_and_with_words_it_may_not(li: Chatter, east_bearings: Customer):
    li.shares_card("刘工", "13800000000")
    assert "👤 联系人" in li.buttons
    li.says("他管采购")
    assert "👤 联系人" not in li.buttons


def test_a_place_in_the_middle_puts_the_nearest_first_and_is_not_kept(
    li: Chatter, session: Session, li_wei: Person, located: Customer
):
    for number in range(8):
        firm(session, f"一{number}号厂", owner=li_wei)
    li.says("/visit")
    assert "华东轴承有限公司" not in li.buttons
    li.shares_place(*CAR_PARK)
    assert "位置先放在草稿里" in li.sees
    assert li.buttons[0] == "华东轴承有限公司"
    assert len({label for label in li.buttons if "厂" in label or "公司" in label}) == 6
    li.taps("华东轴承")
    li.says("看了设备")
    li.taps("顺利")
    assert visit(session).near is True
    assert session.scalars(select(Place)).all() == []


def test_editing_any_message_corrects_its_part_before_and_after_saving(
    li: Chatter, session: Session, east_bearings: Customer
):
    first = li.says("华东轴承 谈了备见")
    second = li.says("另要报价")
    third = li.sends(FileKind.PHOTO, "旧铭牌")
    li.edits(second, "下周三报价")
    li.taps("拜访")
    li.edits(third, "铭牌")
    li.edits(first, "谈了备件")
    assert "谈了备件" in li.sees
    li.taps("顺利")
    assert visit(session).note == "谈了备件\n下周三报价\n铭牌"

    li.edits(second, "周四报价")
    session.expire_all()
    assert visit(session).note == "谈了备件\n周四报价\n铭牌"
    li.edits(third, "新铭牌")
    session.expire_all()
    assert visit(session).note == "谈了备件\n周四报价\n新铭牌"


def test_a_customer_may_send_a_place_and_a_card_with_her_problem(wang: Chatter, session: Session):
    wang.says("3号泵漏油")
    wang.shares_place(*CAR_PARK)
    wang.shares_card("值班电话", "021-60000000")
    wang.taps("登记")
    complaint = session.scalars(select(Complaint)).one()
    assert complaint.words == "3号泵漏油\n👤 值班电话 021-60000000\n📍 31.230, 121.474"


@pytest.mark.parametrize("sent", ["<b>x</b>", "=1+1", "长" * 5000, "%_%", "'; drop table visit"])
def test_odd_text_among_it_is_only_text(li: Chatter, session: Session, east_bearings: Customer, sent: str):
    li.sends(FileKind.PHOTO)
    li.says(sent)
    li.shares_card(sent, sent)
    li.taps("拜访")
    li.taps("华东轴承")
    li.taps("顺利")
    assert visit(session).note == sent[:4000]


def test_more_than_fits_is_refused_and_nothing_before_it_is_lost(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 华东轴承 谈了备件")
    for _photo in range(50):
        li.sends(FileKind.PHOTO)
    li.taps("顺利")
    assert len(visit(session).attachments) == 40


def test_what_is_remembered_just_after_saving_goes_into_that_visit(
    li: Chatter, session: Session, east_bearings: Customer
):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("顺利")
    number = visit(session).number
    li.sends(FileKind.PHOTO, "铭牌")
    li.shares_card("刘工", "13800000000")
    assert f"刚保存的拜访：{number}" in li.sees
    li.taps("补到刚才的拜访")
    session.expire_all()
    assert visit(session).note == "谈了备件\n铭牌"
    assert len(visit(session).attachments) == 1
    assert [person.name for person in visit(session).met] == ["刘工"]
    assert number in li.sees


def test_ten_minutes_later_it_is_a_visit_of_its_own(li: Chatter, east_bearings: Customer, clock: Clock):
    li.says("/visit 华东轴承 谈了备件")
    li.taps("顺利")
    clock.passes(minutes=9)
    li.sends(FileKind.PHOTO, "铭牌")
    clock.passes(minutes=2)
    li.taps("补到刚才的拜访")
    assert "铭牌" in li.sees
    assert li.toast
    li.sends(FileKind.PHOTO)
    assert "➕ 补到刚才的拜访" not in li.buttons


def test_cancel_still_cancels_after_the_minutes_have_passed(li: Chatter, session: Session, clock: Clock):
    li.says("谈了备件的价格")
    clock.passes(minutes=11)
    li.says("取消")
    assert "什么都没有保存" in li.sees
    assert "▶ 继续：刚发的内容" not in li.buttons


def test_a_late_part_of_an_album_joins_after_the_minutes_too(li: Chatter, east_bearings: Customer, clock: Clock):
    li.sends(album="a1")
    li.says("轴承座有裂纹")
    clock.passes(minutes=11)
    li.sends(album="a1")
    assert "📷 照片 2" in li.sees
    assert "轴承座有裂纹" in li.sees


def test_the_same_photo_sent_again_takes_no_words_away(li: Chatter, session: Session, east_bearings: Customer):
    photo = File(FileKind.PHOTO, "file-1", "unique-1")
    li.says("/visit 华东轴承 谈了备件")
    li.does(Message(901, "铭牌", photo))
    li.does(Message(902, "", photo))
    li.taps("顺利")
    assert visit(session).note == "谈了备件\n铭牌"
    assert len(visit(session).attachments) == 1


def test_a_place_is_not_said_to_be_kept_where_it_has_no_use(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/complaint 华东轴承 3号线漏油")
    li.shares_place(*CAR_PARK)
    assert "位置" not in li.sees
    li.taps("产品质量")
    assert session.scalars(select(Complaint)).one().words == "3号线漏油"


def test_a_place_sent_before_a_complaint_says_that_it_is_for_visits(li: Chatter, east_bearings: Customer):
    li.says("华东轴承 3号线漏油")
    li.shares_place(*CAR_PARK)
    assert "已收到你的位置，只用于拜访" in li.sees
    li.taps("投诉")
    assert "位置" not in li.sees


@pytest.mark.parametrize("words", ["客户满意", "备件已到货", "3号线轴承异响"])
def test_words_that_find_no_customer_stay_with_the_record(
    li: Chatter, session: Session, east_bearings: Customer, words: str
):
    li.says("/visit")
    li.sends()
    li.says(words)
    assert words in li.sees
    li.taps("华东轴承")
    assert words in li.sees
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().note == words


def test_a_name_that_found_nothing_and_was_added_is_no_part_of_the_note(li: Chatter, session: Session):
    li.says("/visit")
    li.says("东海泵业")
    li.taps("新增")
    li.says("谈了备件")
    li.taps("顺利")
    visit = session.scalars(select(Visit)).one()
    assert (visit.customer.name, visit.note) == ("东海泵业", "谈了备件")


@pytest.mark.parametrize("word", ["轴承", "公司", "有限公司", "an", "dong"])
def test_a_short_word_is_kept_though_the_name_holds_it(
    li: Chatter, session: Session, east_bearings: Customer, li_wei: Person, word: str
):
    firm(session, "华东轴承南京有限公司", owner=li_wei)
    firm(session, "北方泵业股份有限公司", owner=li_wei)
    li.says("谈了备件，很好")
    li.says(word)
    li.taps("拜访")
    li.taps("华东轴承有限公司")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().note == f"谈了备件，很好\n{word}"


@pytest.mark.parametrize("name", ["华东轴承", "华东轴承有限公司", "hdzc", "HuadongZhoucheng", "华东"])
def test_a_message_that_is_the_customers_name_is_no_part_of_the_note(
    li: Chatter, session: Session, east_bearings: Customer, name: str
):
    li.says("谈了备件，很好")
    li.says(name)
    li.taps("拜访")
    if "华东轴承有限公司" in li.buttons:
        li.taps("华东轴承有限公司")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().note == "谈了备件，很好"


def test_each_further_message_costs_as_much_as_the_one_before(
    li: Chatter, engine: Engine, east_bearings: Customer, li_wei: Person
):
    asked: list[int] = []
    event.listen(engine, "before_cursor_execute", _counting := lambda *_said: asked.append(1))
    turns = []
    li.says("今天开会讨论了季度预算，大家都觉得不错，下周继续跟进这件事情")
    for n in range(6):
        asked.clear()
        li.says(f"第{n}件事情也谈了，大家都觉得可以继续往下推进，没有问题")
        turns.append(len(asked))
    event.remove(engine, "before_cursor_execute", _counting)
    assert len(set(turns[1:])) == 1, turns


@pytest.mark.parametrize("named", ["华东轴承说可以", "hdzc 说可以", "华东", "huadongzhoucheng"])
def test_any_of_the_last_messages_may_name_the_customer(
    li: Chatter, east_bearings: Customer, li_wei: Person, named: str
):
    firm(li.session, "北方泵业股份有限公司", owner=li_wei)
    li.says("谈了备件，很好")
    li.says(named)
    li.says("第二件事情也谈了，大家都觉得可以继续")
    assert "华东轴承有限公司" in li.sees
    li.taps("拜访")
    assert "哪家客户" not in li.sees


def test_forty_photos_leave_room_for_words(li: Chatter, session: Session, east_bearings: Customer):
    li.says("/visit")
    for _photo in range(41):
        li.sends()
    assert "草稿已满" in li.sees
    li.says("今天去华东轴承谈了3号线备件，下周三报价")
    assert "3号线" in li.sees
    assert "草稿已满" not in li.sees
    li.taps("顺利")
    assert (visit(session).note, len(visit(session).attachments)) == ("今天去华东轴承谈了3号线备件，下周三报价", 40)


@pytest.mark.parametrize(
    "sentence", ["他们很满意，要求我们尽快派人去看看三号线", "今天去华东轴承谈了备件，他们要求尽快"]
)
def test_words_a_full_draft_has_no_room_for_are_said_to_be_lost(
    li: Chatter, session: Session, east_bearings: Customer, sentence: str
):
    li.says("/visit")
    li.says("第一，" + "他们谈了很多。" * 570)
    li.says(sentence)
    assert "只收下了一部分" in li.sees
    li.says("昨天也谈了三号线的事")
    li.says("前天也谈了二号线的事")
    assert "草稿已满" in li.sees
    if "华东轴承有限公司" in li.buttons:
        li.taps("华东轴承")
        assert "草稿已满" not in li.sees
    li.taps("顺利")
    assert len(visit(session).note) == 4000
