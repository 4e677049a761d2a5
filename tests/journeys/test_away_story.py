"""The whole way of a message to a rep who is away: phones, clock and sender are real."""

from __future__ import annotations

from tests.journeys.conftest import Story


def reached_li(story: Story) -> list[str]:
    deliveries = story.stage.telegram.simulator.ledger.deliveries(chat=story.li.phone.account.id)
    return [call.text for call in deliveries]


async def test_what_comes_in_the_night_before_goes_to_the_deputy_and_the_rest_comes_back(story: Story):
    li, wang, chen = story.li, story.wang, story.chen
    await li.says("/away", "目前没有登记休假")
    await li.taps("🌴 登记休假", "从哪天开始")
    await li.says("明天", "休到哪天")
    await li.says("3月12日", "由谁代理")
    await li.taps("陈静 · 主管", "尚未保存")
    await li.taps("✅ 保存", "代理人：陈静")
    await chen.gets("由你代理李伟的工作")
    await story.moves_to("2026-03-10 23:00")
    await wang.says("备件到了吗", "备件到了吗")
    await wang.taps("✉️ 给李伟留言", "已转给李伟")
    quiet = len(reached_li(story))

    await story.moves_to("2026-03-11 00:01")
    await story.moves_to("2026-03-11 07:31")
    letter = await chen.gets("王芳的留言")
    assert "代李伟处理，休假至3月12日" in letter.text
    await chen.taps("↩️ 回复", "回复", on=letter)
    await chen.says("明天到", "已发给王芳")
    answer = await wang.gets("陈静的回复")
    await wang.taps("↩️ 回复", "您想说什么", on=answer)
    await wang.says("谢谢", "陈静已收到您的留言")
    await story.moves_to("2026-03-11 08:01")
    await story.moves_to("2026-03-12 17:31")
    assert len(reached_li(story)) == quiet

    await story.moves_to("2026-03-13 00:01")
    await story.moves_to("2026-03-13 08:01")
    back = await li.gets("欢迎回来")
    assert "华东轴承有限公司 · 留言 2" in back.text
    assert back.silent
