"""王芳 on her phone: the remedy rings, one tap says that it is not solved, and the question comes an hour after."""

from __future__ import annotations

from sqlalchemy import func, select

from models.complaint import Complaint
from models.questionnaire import Questionnaire
from tests.journeys.conftest import Story
from tests.journeys.hand import Hand

NUMBER = "C00001"


async def resolves(li: Hand, words: str) -> None:
    await li.taps("🛠 标记解决", "怎么解决的")
    await li.says(words, f"解决办法：{words}")


async def test_a_remedy_rings_and_what_is_not_solved_takes_the_question_back(story: Story):
    li, wang = story.li, story.wang
    await wang.says("2号泵机封渗油", "要登记为问题吗")
    first = await wang.taps("✅ 登记", NUMBER)
    await li.taps("✅ 受理", "已受理", on=await li.gets("2号泵机封渗油"))
    await li.taps("🔍 开始调查", "调查中")
    await resolves(li, "已换机封")
    await wang.gets("处理结果：已换机封")  # the quiet steps before it show it as well, in the message she knows
    for minute in (2, 3):  # one message a second, to one chat
        await story.moves_to(f"2026-03-10 10:0{minute}")
    remedy = wang.phone.last
    assert remedy.id != first.id
    assert "处理结果：已换机封" in remedy.text
    assert not remedy.silent

    await story.moves_to("2026-03-10 10:50")
    assert not any("满意" in bubble.text for bubble in wang.phone.messages if bubble.by_bot)
    await story.moves_to("2026-03-10 11:10")
    question = await wang.gets("满意吗")
    await wang.says("没修好，还在渗", "这是关于哪件事的")
    await wang.taps(f"🔁 {NUMBER} 还没解决（2号泵机封渗油）", "调查中")
    held = await wang.gets("这项评价先收回")
    assert held.id == question.id
    assert story.look(lambda session: session.scalar(select(func.count()).select_from(Complaint))) == 1

    await resolves(li, "换了整泵")
    await story.moves_to("2026-03-10 12:20")
    again = await wang.gets("满意吗")
    assert again.id != question.id
    await wang.says("太慢了，不满意", "您打几分")
    await wang.taps("2", "已记下：2 分")
    asked = story.look(lambda session: session.scalars(select(Questionnaire)).one())
    assert (asked.score, asked.reason) == (2, "太慢了，不满意")
    await wang.says("好的，谢谢", "不客气")


async def test_a_sticker_a_card_and_a_place_are_taken_as_what_they_are(story: Story):
    wang = story.wang
    await wang.phone.sticker("👍")
    await wang.sees("请直接发文字")
    await wang.says("忘了我", "🔒 删除我的信息")
    await wang.taps("🔒 删除我的信息", "D00001")
    request = await story.chen.gets("D00001")
    assert "客户的个人信息请求" in request.text
    await story.chen.taps("✅ 已完成", "已按要求办理", on=request)
    await wang.gets("已按要求办理")
    assert story.look(lambda session: session.scalar(select(func.count()).select_from(Complaint))) == 0
