"""The whole way of a message to a rep who is away: phones, clock and sender are real."""

from __future__ import annotations

from simulator import Phone
from tests.journeys.conftest import Stage

LI = 1001


async def says_and_sees(phone: Phone, words: str, sees: str) -> None:
    await phone.say(words)
    await phone.waits_for(lambda bubble: bubble.by_bot and sees in bubble.text)


def reached_li(stage: Stage) -> list[str]:
    return [call.text for call in stage.telegram.simulator.ledger.deliveries(chat=LI)]


async def test_what_comes_in_the_night_before_goes_to_the_deputy_and_the_rest_comes_back(stage: Stage):
    li, wang, chen = stage.li, stage.wang, stage.chen
    await says_and_sees(li, "/away", "目前没有登记休假")
    await li.tap("🌴 登记休假")
    await li.waits_for("从哪天开始")
    await says_and_sees(li, "明天", "休到哪天")
    await says_and_sees(li, "3月12日", "由谁代理")
    await li.tap("陈静 · 主管")
    await li.waits_for("尚未保存")
    await li.tap("✅ 保存")
    await li.waits_for("代理人：陈静")
    await chen.waits_for("由你代理李伟的工作")
    await stage.telegram.moves_to("2026-03-10 23:00")
    await says_and_sees(wang, "备件到了吗", "备件到了吗")
    await wang.tap("不用登记")
    await wang.waits_for("转给")
    await wang.tap("✉️ 转给我的客户经理")
    await wang.waits_for("已转给李伟")
    quiet = len(reached_li(stage))

    await stage.telegram.moves_to("2026-03-11 00:01")
    await stage.telegram.moves_to("2026-03-11 07:31")
    await chen.waits_for("王芳的留言")
    assert "代李伟处理，休假至3月12日" in chen.last.text
    await chen.tap("↩️ 回复")
    await chen.waits_for("回复")
    await chen.say("明天到")
    await wang.waits_for("陈静的回复")
    await wang.tap("↩️ 回复")
    await wang.say("谢谢")
    await wang.waits_for("陈静已收到您的留言")
    await stage.telegram.moves_to("2026-03-11 08:01")
    await stage.telegram.moves_to("2026-03-12 17:31")
    assert len(reached_li(stage)) == quiet

    await stage.telegram.moves_to("2026-03-13 00:01")
    await stage.telegram.moves_to("2026-03-13 08:01")
    back = await li.waits_for("欢迎回来")
    assert "华东轴承有限公司 · 留言 1" in back.text
    assert back.silent
