"""A rep's work from end to end: planning, being there, preparing, logging, and putting right what was logged."""

from __future__ import annotations

from datetime import date, time

from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.correction import Correction
from models.customer import Customer
from models.person import Person
from models.pledge import Pledge, PledgeState
from models.visit import DropReason, Outcome, Place, Reminder, ReminderState, Visit
from tests.conftest import firm
from tests.journeys.conftest import Story

GATE = (31.23041, 121.47371)


def visit(session: Session) -> Visit:
    return session.scalars(select(Visit)).one()


def reminder(session: Session) -> Reminder:
    return session.scalars(select(Reminder)).one()


async def test_editing_ones_message_corrects_the_visit_and_the_manager_sees_what_it_said_before(story: Story):
    li, chen = story.li, story.chen
    await li.says("/visit 华东轴承", "谈了什么")
    said = await li.phone.say("自吸泵要两台")
    await li.sees("自吸泵要两台")
    await li.taps("😊 顺利", "V00001")
    await li.phone.edit(said, "自吸泵要三台")
    await li.sees("V00001 已更正，原内容已保留")

    await chen.says("/summary", "🗒 拜访")
    await chen.taps("🗒 拜访", "华东轴承")
    seen = await chen.taps("华东轴承", "自吸泵要三台")
    assert "已更正 · 今天" in seen.text
    await chen.taps("🕰 原内容", "纪要：自吸泵要两台")
    kept = story.look(lambda session: session.scalars(select(Correction)).one())
    assert (kept.was, kept.became) == ("自吸泵要两台", "自吸泵要三台")
    assert story.look(visit).note == "自吸泵要三台"


async def test_a_typed_line_is_corrected_by_editing_it_too(story: Story):
    li = story.li
    line = await li.phone.say("/visit 华东轴承 自吸泵要两台")
    await li.sees("自吸泵要两台")
    await li.taps("😊 顺利", "V00001")
    await li.phone.edit(line, "/visit 华东轴承 自吸泵要三台")
    await li.sees("V00001 已更正")
    assert story.look(visit).note == "自吸泵要三台"


async def test_undo_is_for_ten_minutes_and_edit_for_a_week(story: Story):
    li = story.li
    await li.says("/visit 华东轴承 走错门了", "走错门了")
    await li.taps("😊 顺利", "V00001")
    await li.taps("↩️ 撤销", "已撤销")
    assert story.look(visit).undone_at is not None

    await li.says("/visit 华东轴承 谈了备件", "谈了备件")
    saved = await li.taps("😊 顺利", "V00002")
    await story.moves_to("2026-03-10 10:15")
    assert "十分钟内" in (await li.phone.tap("↩️ 撤销", saved) or "")
    await story.moves_to("2026-03-17 09:30")
    await li.taps("✏️ 修改", "哪一项", on=saved)
    await li.taps("结果", "怎么样")
    card = await li.taps("⚠️ 有问题", "V00002")
    assert "已更正" in card.text
    await story.moves_to("2026-03-18 09:30")
    await li.taps("✏️ 修改", "七天内", on=card)
    made = select(Visit.outcome, Visit.undone_at.is_(None)).order_by(Visit.id)
    assert story.look(lambda session: session.execute(made).all()) == [(Outcome.GOOD, False), (Outcome.PROBLEM, True)]


async def test_a_visit_is_planned_put_off_and_dropped_with_a_reason_and_the_calendar_knows(story: Story):
    li = story.li
    await li.says("/plan 华东轴承 明天下午3点 谈备件", "谈备件")
    await li.taps("✅ 保存", "3月11日")
    await li.taps("📅 选日期", "推迟到哪一天")
    await li.says("下周三上午9点半", "已推迟到")
    assert (story.look(reminder).day, story.look(reminder).hour) == (date(2026, 3, 18), time(9, 30))

    await li.says("/today", "📆 日历文件")
    await li.taps("📆 日历文件", "1 次拜访安排")
    [event] = Calendar.from_ical((await li.sees_file()).document).walk("VEVENT")
    assert (event["summary"], event["dtstart"].dt.isoformat()) == ("拜访 华东轴承有限公司", "2026-03-18T01:30:00+00:00")
    assert event["description"] == "谈备件"

    await story.moves_to("2026-03-18 09:31")
    due = await li.gets("🔔 今天 3月18日 09:30")
    await li.taps("🗑 不去了", "为什么", on=due)
    await li.taps("客户要求推后", "已取消：客户要求推后")
    assert story.look(reminder).dropped_because is DropReason.PUT_OFF
    await li.says("/today", "📆 日历文件")
    await li.taps("📆 日历文件", "没有日历文件")


async def test_the_cards_of_the_day_are_kept_true_in_place_and_can_be_switched_off(story: Story):
    li = story.li
    await li.says("/plan 华东轴承 明天 谈备件", "谈备件")
    await li.taps("✅ 保存", "3月11日")
    await story.moves_to("2026-03-11 08:00")
    morning = await li.gets("要回访：1 家")
    await li.taps("🔔 华东轴承", "谈备件", on=morning)
    await li.taps("📝 记这次拜访", "谈了什么")
    await li.says("备件谈妥", "😊 顺利")
    await li.taps("😊 顺利", "V00001")
    same = await li.gets("没有要回访的客户")
    assert same.id == morning.id

    await story.moves_to("2026-03-11 17:30")
    evening = await li.gets("拜访 1 次 · 其他联系 0 次")
    await li.says("/customer 华东轴承", "📞 记联系")
    await li.taps("📞 记联系", "📞 电话")
    await li.taps("📞 电话", "✅")
    assert (await li.gets("其他联系 1 次")).id == evening.id

    await li.says("/cards", "早卡：已开")
    await li.taps("☀️ 早卡：已开", "早卡：已关")
    await li.says("/plan 华东轴承 明天 送样品", "送样品")
    await li.taps("✅ 保存", "3月12日")
    await story.moves_to("2026-03-12 09:01")
    await li.gets("🔔 今天 3月12日")
    assert not any("☀️ 今天 3月12日" in bubble.text for bubble in li.phone.messages)
    assert not story.look(lambda session: session.get_one(Person, story.cast.li).morning_card)


async def test_a_shared_place_offers_the_three_nearest_and_is_gone_after_thirty_days(story: Story):
    li = story.li
    story.change(there_are_four_around)
    await li.phone.place(*GATE)
    around = await li.sees("你在哪家")
    assert [row[0] for row in around.buttons[:3]] == [
        "📝 就在这里 · 华东轴承有限公司",
        "📝 约 1.0 公里 · 宁波水泵厂",
        "📝 约 5.0 公里 · 上海风机厂",
    ]
    await li.taps("📝 就在这里 · 华东轴承有限公司", "谈了什么")
    await li.says("看了3号线", "😊 顺利")
    await li.taps("😊 顺利", "📍 在客户附近")
    await li.phone.place(*GATE)
    await li.sees("你在哪家")
    await li.taps("📝 约 5.0 公里 · 上海风机厂", "谈了什么")
    await li.says("客户改在茶楼见面", "😊 顺利")
    await li.taps("😊 顺利", "📍 不在客户附近")

    def places(session: Session) -> list[Place]:
        return list(session.scalars(select(Place)))

    assert [(place.latitude, place.longitude) for place in story.look(places)] == [(31.23, 121.474)] * 2
    await story.moves_to("2026-04-09 09:00")
    await story.stage.app.clock._tidy()
    assert len(story.look(places)) == 2
    await story.moves_to("2026-04-09 11:00")
    await story.stage.app.clock._tidy()
    assert story.look(places) == []
    made = select(Visit.near, Visit.note).order_by(Visit.id)
    assert story.look(lambda session: session.execute(made).all()) == [(True, "看了3号线"), (False, "客户改在茶楼见面")]


def there_are_four_around(session: Session) -> None:
    here = session.scalars(select(Customer)).one()
    here.latitude, here.longitude = 31.231, 121.474
    for name, latitude in (("宁波水泵厂", 31.239), ("上海风机厂", 31.275), ("远方钢厂", 31.47)):
        there = firm(session, name, owner=here.owner)
        there.latitude, there.longitude = latitude, 121.474


async def test_the_brief_is_one_tap_from_the_reminder_and_from_where_she_is_and_the_visit_says_what_changed(
    story: Story,
):
    li = story.li
    story.change(there_are_four_around)
    await li.says("/visit 华东轴承 送了样品", "送了样品")
    await li.taps("😊 顺利", "本月已拜访 1 次；下次不晚于 4月9日")
    await li.says("/plan 华东轴承 明天10:00 谈报价", "谈报价")
    await li.taps("✅ 保存", "3月11日")

    await story.moves_to("2026-03-11 10:00")
    due = await li.gets("🔔 今天 3月11日 10:00")
    brief = await li.taps("🧾 访前简报", "采购中心", on=due)
    for known in ("送了样品", "王芳 · 设备工程师", "谈报价"):
        assert known in brief.text, known
    await li.phone.place(*GATE)
    await li.sees("你在哪家")
    await li.taps("🧾 华东轴承", "送了样品")
    await li.taps("📝 记拜访", "谈了什么")
    await li.says("报价已谈妥", "😊 顺利")
    saved = await li.taps("😊 顺利", "本月已拜访 2 次")
    assert "☑️" in saved.text
    assert story.look(reminder).state is ReminderState.DONE


async def test_a_promise_with_a_date_comes_back_on_that_day(story: Story):
    li = story.li
    await li.says("/visit 华东轴承 要样品", "要样品")
    await li.taps("😊 顺利", "V00001")
    await li.taps("🤝 记承诺", "承诺了什么")
    await li.says("寄轴承样品", "对谁承诺的")
    await li.taps("王芳", "到哪天为止")
    await li.says("周五", "对方：王芳")
    await story.moves_to("2026-03-13 08:00")
    morning = await li.gets("到期的承诺：1 项")
    await li.taps("🤝 华东轴承", "寄轴承样品", on=morning)
    await li.taps("✅ 已兑现", "已兑现")
    await li.gets("☀️ 今天 3月13日\n今天没有要回访的客户")
    assert story.look(lambda session: session.scalars(select(Pledge)).one().state) is PledgeState.KEPT
