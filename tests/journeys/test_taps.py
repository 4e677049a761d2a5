"""The table of taps that `product.md` promises, counted: each task done on a simulated phone, end to end over HTTP.

`make taps` writes what was counted to `docs/taps.md`, in Chinese to `docs/taps.zh-CN.md`; the tests hold both true.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.questionnaire import Questionnaire
from models.touch import Touch, TouchKind
from simulator import Bubble, Phone
from tests.journeys.conftest import Stage
from tests.simulator.samples import PNG

DOCS = {"en": Path("docs/taps.md"), "zh_CN": Path("docs/taps.zh-CN.md")}
PATIENCE = 30
HERE = (31.2304, 121.4737)

Said = tuple[str, str]
"""The same words in Chinese and in English."""


class Thumb:
    """One person at her phone. It taps what is to be seen there, and notes down what it did."""

    def __init__(self, phone: Phone, language: str) -> None:
        self.phone = phone
        self.chinese = language == "zh_CN"
        self.taps = 0
        self.sendings = 0
        self.path: list[str] = []

    async def tap(self, *words: str) -> None:
        """Tap the button with these words: in Chinese, in English if it is called otherwise there."""
        label = self._in_her_language(words)
        seen = await self.phone.waits_for(lambda bubble: bubble.by_bot and bool(bubble.button(label)))
        whole = str((seen.button(label) or {})["text"])
        await self.phone.tap(whole, seen)
        self.taps += 1
        self.path.append(f"[{whole}]")

    async def say(self, *words: str) -> None:
        """Type or dictate a message."""
        text = self._in_her_language(words)
        self._sends(f"“{text}”")
        await self.phone.say(text)

    async def share_place(self) -> None:
        self._sends("📍")
        await self.phone.place(*HERE)

    async def send_photo(self) -> None:
        self._sends("📷")
        await self.phone.photo(PNG)

    async def forward(self, text: str, name: str) -> None:
        self._sends("↪️")
        await self.phone.forward(text, name)

    def offers(self, bubble: Bubble, *words: str) -> bool:
        return bool(bubble.button(self._in_her_language(words)))

    async def sees(self, *words: str) -> Bubble:
        """Wait until the bot says this."""
        text = self._in_her_language(words)
        return await self.phone.waits_for(lambda bubble: bubble.by_bot and text in bubble.text)

    def _sends(self, what: str) -> None:
        self.sendings += 1
        self.path.append(what)

    def _in_her_language(self, words: tuple[str, ...]) -> str:
        return words[0] if self.chinese else words[-1]


@dataclass(frozen=True)
class Play:
    """Three people on the stage, speaking one language."""

    stage: Stage
    language: str

    def thumb(self, phone: Phone) -> Thumb:
        return Thumb(phone, self.language)

    @property
    def li(self) -> Thumb:
        return self.thumb(self.stage.li)

    @property
    def wang(self) -> Thumb:
        return self.thumb(self.stage.wang)

    @property
    def chen(self) -> Thumb:
        return self.thumb(self.stage.chen)

    async def goes_on(self, hour: str, who: Thumb, *words: str) -> None:
        """Let it become this hour on the day of the story, and somewhat later until a button comes to her phone."""
        await self.stage.telegram.moves_to(f"2026-03-10 {hour}")
        for _ in range(PATIENCE):
            if any(who.offers(bubble, *words) for bubble in who.phone.news):
                return
            await self.stage.telegram.simulator.clock.move(timedelta(seconds=2))
        raise AssertionError(who.phone.messages)


async def logs(li: Thumb) -> None:
    """Answer what is still asked, in whatever order, until the visit is saved."""
    say, rate = ("跳过", "Skip"), ("顺利", "Went well")  # a sentence may be skipped; she says one

    def asked(bubble: Bubble) -> bool:
        return "V0000" in bubble.text or li.offers(bubble, *say) or li.offers(bubble, *rate)

    while "V0000" not in (seen := await li.phone.waits_for(asked)).text:
        if li.offers(seen, *rate):
            await li.tap(*rate)
        else:
            await li.say("3号线运行平稳", "line 3 runs smoothly")


async def planned_from_its_reminder(play: Play) -> Thumb:
    await play.li.say("/plan 华东轴承 今天 11:00 看3号线")
    await play.li.tap("保存", "Save")
    await play.goes_on("11:00", play.li, "✅ 已完成", "✅ Done")
    li = play.li
    await li.tap("📝 记这次拜访", "📝 Log the visit")
    await logs(li)
    return li


async def planned_from_the_days_list(play: Play) -> Thumb:
    await play.li.say("/plan 华东轴承 今天 看3号线")
    await play.li.tap("保存", "Save")
    await play.li.say("/today")
    li = play.li
    await li.tap("🔔 华东轴承")
    await li.tap("📝 记这次拜访", "📝 Log the visit")
    await logs(li)
    return li


async def unplanned_by_place(play: Play) -> Thumb:
    li = play.li
    await li.share_place()
    await li.tap("华东轴承")
    await logs(li)
    return li


async def typed_line(play: Play) -> Thumb:
    li = play.li
    await li.say("/visit 华东轴承 谈了3号线备件 下周三报价")
    await logs(li)
    return li


async def customer_complains(play: Play) -> Thumb:
    wang = play.wang
    await wang.send_photo()
    await wang.tap("✅ 登记", "✅ Send")
    await wang.sees("C0000")
    return wang


async def rep_records_a_complaint(play: Play) -> Thumb:
    li = play.li
    await li.forward("5号线轴承座漏油", "王芳")
    await li.tap("华东轴承")
    await li.tap("质量", "quality")
    await li.sees("C0000")
    return li


async def first_answer(play: Play) -> Thumb:
    """The photo of before is looked into and resolved; an hour later she is asked."""
    li = play.li
    await li.say("/complaints")
    await li.tap("C00001")
    await li.tap("受理", "Acknowledge")
    await li.tap("开始调查", "Investigate")
    await li.tap("标记解决", "Resolve")
    await li.sees("怎么解决", "What was done")
    await li.say("更换了轴承", "the bearing was replaced")
    await li.sees("C00001")
    wang = play.wang
    await play.goes_on("14:00", wang, "5")
    await wang.tap("2")
    await wang.sees("已记下", "Saved")
    assert play.stage.look(lambda session: session.scalars(select(Questionnaire.score)).all()) == [2]
    return wang


async def whole_questionnaire(play: Play) -> Thumb:
    """The rest of it: her reason, which she may leave out."""
    wang = play.wang
    await wang.say("等了两天", "two days of waiting")
    await wang.sees("联系", "touch")
    return wang


async def from_digest_to_record(play: Play) -> Thumb:
    await play.chen.say("/summary")
    chen = play.chen
    await chen.tap("🗒 拜访", "🗒 Visits")
    await chen.tap("华东轴承")
    await chen.sees("V0000")
    return chen


async def log_a_call(play: Play) -> Thumb:
    return await log_a_contact(play, TouchKind.CALL, "📞 电话", "📞 Call")


async def log_a_mail(play: Play) -> Thumb:
    return await log_a_contact(play, TouchKind.MAIL, "✉️ 邮件", "✉️ Mail")


async def log_a_wechat(play: Play) -> Thumb:
    return await log_a_contact(play, TouchKind.WECHAT, "💬 微信", "💬 WeChat")


async def log_a_contact(play: Play, kind: TouchKind, *label: str) -> Thumb:
    await play.li.say("华东轴承")
    li = play.li
    await li.tap("📞 记联系", "📞 Log a contact")
    await li.tap(*label)
    await li.sees("✅")
    assert play.stage.look(lambda session: session.scalars(select(Touch.kind).order_by(Touch.id)).all())[-1] is kind
    return li


async def contract_in_a_line(play: Play) -> Thumb:
    li = play.li
    await li.say("/contract 华东轴承 备件框架 30万 一年", "/contract 华东轴承 spare parts 30k 1 year")
    await li.tap("✅ 保存", "✅ Save")
    await li.sees("¥300,000.00", "¥30,000.00")
    return li


@dataclass(frozen=True)
class Task:
    """One line of the table. ``sendings`` says that the promise counts what is sent as well as the taps."""

    walk: Callable[[Play], Awaitable[Thumb]]
    promised: int
    name: Said
    best: Said
    sendings: bool = False

    def counted(self, done: Thumb) -> int:
        return done.taps + (done.sendings if self.sendings else 0)


NOTHING_FOUND = ("–", "–")
TASKS = (
    Task(
        planned_from_its_reminder,
        3,
        ("记一次计划内的拜访，从到点的提醒开始", "log a planned visit, from its reminder"),
        ("2 次（签到、签退），内容事后补", "2 (check in, check out), details later"),
    ),
    Task(
        planned_from_the_days_list,
        3,
        ("记一次计划内的拜访，从早卡或今日安排开始", "log a planned visit, from the morning card or Today"),
        ("2 次（签到、签退），内容事后补", "2 (check in, check out), details later"),
    ),
    Task(
        unplanned_by_place,
        4,
        ("记一次计划外的拜访：发位置、选客户、说一句、保存", "log an unplanned visit: place, customer, sentence, save"),
        ("4 次", "4"),
        sendings=True,
    ),
    Task(
        typed_line,
        1,
        ("打一行字记拜访", "log by typing one line"),
        ("固定格式的一行", "one line in a fixed format"),
    ),
    Task(
        customer_complains,
        2,
        ("客户投诉，照片在前，马上有编号", "customer complains, photo first, number at once"),
        ("第一条消息即工单", "the first message is the ticket"),
    ),
    Task(
        first_answer,
        1,
        ("问卷的第一个回答，点了就存", "first answer of a questionnaire, saved by the tap"),
        ("1 次", "1"),
    ),
    Task(
        whole_questionnaire,
        4,
        ("问卷余下的问题（总共至多 5 个）", "the rest of the questionnaire (at most 5 questions)"),
        NOTHING_FOUND,
        sendings=True,
    ),
    Task(
        rep_records_a_complaint,
        2,
        ("业务员转发客户的话，记成投诉", "rep records a complaint by forwarding"),
        NOTHING_FOUND,
    ),
    Task(
        from_digest_to_record,
        2,
        ("主管从汇总走到一条记录", "manager, from summary to record"),
        ("只能看的邮件", "read-only mails"),
    ),
    Task(
        log_a_call,
        2,
        ("记一次电话，从客户卡片开始", "log a call, from the customer's card"),
        NOTHING_FOUND,
    ),
    Task(
        log_a_mail,
        2,
        ("记一封邮件，从客户卡片开始", "log a mail, from the customer's card"),
        NOTHING_FOUND,
    ),
    Task(
        log_a_wechat,
        2,
        ("记一次微信联系，从客户卡片开始", "log a WeChat contact, from the customer's card"),
        NOTHING_FOUND,
    ),
    Task(
        contract_in_a_line,
        1,
        ("打一行字存一份合同", "keep a contract by typing one line"),
        NOTHING_FOUND,
    ),
)


IN_CHINESE = """# 点击次数

由 `make taps` 写成：三个人在模拟的 Telegram 里把每件事从头做到尾，程序数下点击；测试保证这张表是真的。

算一次的，是点机器人给出的一个按钮；手机上已经打开对话，看到的是表中所说的那一屏。不算的：打字或口述一句话（引号内），\
打开 `/` 菜单，以及 Telegram 自己的操作：发位置 📍（回形针、位置、发送，共三下），发照片 📷（两到三下），\
转发 ↪️（长按、转发、选对话，共三下）。承诺写作“含发送”的，每发送一次也算一次。
"""
IN_ENGLISH = """# Taps, counted

Written by `make taps`: three people do each task from end to end in a simulated Telegram, and their taps are counted. \
A test holds the table true.

What counts is a tap on a button of the bot's, on a phone that already shows the chat and the screen the line names. \
What does not: typing or dictating a sentence (in quotes), opening the `/` menu, and what is Telegram's own: \
sharing a place 📍 (three taps: clip, Location, Send), sending a photo 📷 (two or three), forwarding ↪️ (three: hold, \
Forward, the chat). Where the promise says “with sendings”, each thing sent counts as one too.
"""
WORDS = {
    "zh_CN": (IN_CHINESE, ("任务", "已知最好的做法", "承诺", "数得", "做了什么"), "（含发送）"),
    "en": (
        IN_ENGLISH,
        ("task", "best found elsewhere", "promised", "counted", "what was done"),
        " (with sendings)",
    ),
}


def table(language: str, done: dict[Task, Thumb]) -> str:
    """Return the page of the documentation: what counts, and a line for each task."""
    heading, columns, with_sendings = WORDS[language]
    which = 0 if language == "zh_CN" else 1
    lines = [columns, ("---",) * len(columns)]
    for task, thumb in done.items():
        promised = f"{task.promised}{with_sendings if task.sendings else ''}"
        counted = str(task.counted(thumb))
        lines.append((task.name[which], task.best[which], promised, counted, " ".join(thumb.path)))
    return "\n".join([heading, *(f"| {' | '.join(line)} |" for line in lines)]) + "\n"


async def speaks_english(stage: Stage) -> None:
    for phone in (stage.li, stage.wang, stage.chen):
        await phone.say("/language")
        await phone.tap("English", await phone.waits_for(lambda bubble: bool(bubble.button("English"))))


async def customer_is_here(play: Play) -> None:
    """It is known where the customer is, since somebody said so once."""
    li = play.li
    await li.share_place()
    await li.sees("📍")
    await li.say("这里是华东轴承", "this is 华东轴承")
    await li.sees("华东轴承")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_every_task_takes_no_more_taps_than_promised_and_the_documentation_says_so(stage: Stage, language: str):
    play = Play(stage, language)
    if language == "en":
        await speaks_english(stage)
    await customer_is_here(play)

    done = {task: await task.walk(play) for task in TASKS}

    told = table(language, done)
    sys.stdout.write(told)
    assert [task.name for task, thumb in done.items() if task.counted(thumb) > task.promised] == []
    if os.environ.get("TAPS"):
        DOCS[language].write_text(told, encoding="utf-8")
    assert told == DOCS[language].read_text(encoding="utf-8"), "read the new counts; if they are right, run `make taps`"
