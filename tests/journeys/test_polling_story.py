"""The department's week over real HTTP, in Chinese: a visit, its reminder, a complaint, a questionnaire, a summary."""

from __future__ import annotations

from sqlalchemy import select

from models.notice import Notice, NoticeState
from tests.journeys.conftest import Stage
from tests.simulator.samples import PNG


async def test_a_week_from_a_visit_to_the_summary(stage: Stage):
    li, wang, chen = stage.li, stage.wang, stage.chen

    # 李伟 logs a visit in three taps and a sentence.
    await li.tap("📝 记拜访")
    await li.waits_for(lambda bubble: bool(bubble.button("华东轴承")))
    await li.tap("华东轴承")
    await li.waits_for("谈了什么")
    await li.say("谈了3号线备件，下周三报价")
    await li.waits_for(lambda bubble: bool(bubble.button("顺利")))
    await li.tap("顺利")
    await li.waits_for("已保存")

    # 王芳 sends a photo: one tap, and it has a number, and the rep has it before him.
    await wang.photo(PNG, "3号线轴承异响")
    await wang.waits_for(lambda bubble: bool(bubble.button("✅ 登记")))
    await wang.tap("✅ 登记")
    receipt = await wang.waits_for("C00")
    await stage.app.clock.ring_all()
    await li.waits_for("3号线轴承异响")

    # It is taken up, and her receipt changes where it stands.
    await li.tap("受理")
    await li.waits_for(lambda bubble: bool(bubble.button("开始调查")))
    await stage.telegram.moves_to("2026-03-10 11:00")
    await li.tap("开始调查")
    await li.waits_for(lambda bubble: bool(bubble.button("标记解决")))
    await li.tap("标记解决")
    await li.waits_for(lambda bubble: bubble.by_bot and not bubble.button("标记解决"))
    await li.say("更换了3号线轴承，试机两小时正常")
    await li.waits_for(lambda bubble: "更换了3号线轴承" in bubble.text)
    await stage.app.clock.ring_all()
    shown = await wang.waits_for("更换了3号线轴承")
    assert shown.id == receipt.id

    # An hour later she is asked; her first tap is the answer, and a low one reaches the manager.
    await stage.telegram.moves_to("2026-03-10 13:00")
    await wang.waits_for("满意")
    await wang.tap("2")
    await wang.waits_for("已记下：2 分")
    await wang.say("等了两天才来人")
    await wang.waits_for("与您联系")
    await stage.app.clock.ring_all()
    await chen.waits_for("低分提醒")

    # The manager asks for the week, as a picture, and goes from the number to the record.
    await chen.say("/summary")
    await chen.waits_for(lambda bubble: bubble.photo is not None)

    # Next Wednesday the promise comes back to whoever gave it.
    await stage.telegram.moves_to("2026-03-18 09:30")
    morning = await li.waits_for("要回访：1 家")
    await li.tap("华东轴承", morning)
    await li.waits_for("下周三报价")

    unsent = stage.look(
        lambda session: session.scalars(select(Notice).where(Notice.state == NoticeState.REFUSED)).all()
    )
    assert unsent == []
