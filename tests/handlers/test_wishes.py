"""\"在这里说一声就行\": what a customer says of her data and of questionnaires is understood, and nothing else is."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.wishes import no_questionnaires, wish_in
from models.complaint import Complaint
from models.data_request import DataRequest, DataWish
from tests.chatter import Chatter

WISHES = {
    DataWish.DELETE: (
        "请删除我的全部信息",
        "删除我的资料",
        "请把我的信息删掉",
        "我的资料请删除",
        "不要再保存我的信息",
        "别再保留我的数据",
        "把我从系统里删掉",
        "注销账号",
        "忘了我",
        "please delete my data",
        "erase my personal details",
        "Please remove me from your system",
        "delete everything you have on me",
        "forget me",
        "don’t keep my data",
    ),
    DataWish.SEE: (
        "我要看你们有我哪些信息",
        "你们存了我什么",
        "你们都记录了我什么信息",
        "我想导出我的个人数据",
        "能查一下我的资料吗",
        "给我一份我的数据",
        "我想知道你们保存了我的哪些个人信息",
        "你们掌握了我多少信息",
        "我的资料发我一份",
        "What data do you have about me?",
        "what do you know about me",
        "send me a copy of my data",
        "which information do you keep on me",
        "I want to see my data",
    ),
    DataWish.CORRECT: (
        "请更正我的电话信息",
        "我的名字写错了",
        "我的电话换了",
        "我换手机号了",
        "请更新我的联系方式",
        "我的职务不对",
        "my phone number has changed",
        "my name is misspelt",
        "please update my details",
    ),
    DataWish.WITHDRAW: (
        "我要撤回同意",
        "取消授权",
        "我不再同意",
        "我不同意了",
        "不同意你们用我的信息",
        "I withdraw my consent",
        "I no longer agree",
    ),
}
NO_MORE = (
    "不要再给我发问卷了",
    "别再发问卷",
    "问卷太多了",
    "不想答问卷",
    "以后不要发满意度调查",
    "停止发问卷",
    "退订",
    "怎么关掉问卷",
    "为什么总给我发问卷",
    "能不能不发问卷",
    "问卷能停吗",
    "请不要再让我填问卷",
    "怎么才能不收问卷",
    "stop sending me questionnaires",
    "no more surveys please",
    "unsubscribe",
    "how do I stop the surveys",
    "too many questionnaires",
    "please don't send me surveys",
    "Why do I get these surveys?",
)
SOMETHING_ELSE = (
    "泵的参数信息请发我",
    "控制柜的数据被删除了",
    "我忘了型号",
    "我的泵的资料请发我",
    "请提供我们的订单信息",
    "请发我一份资料",
    "我要看你们的产品资料",
    "你们有什么资料",
    "没有我什么事",
    "我不同意这个处理结果",
    "我的数据被删除了，控制柜是空的",
    "上次问卷里说的漏油还没解决，不要再拖了",
    "我在问卷里说过3号线异响",
    "我的电话没人接",
    "请把我们的泵修好",
    "3号线轴承异响",
    "不要再调查了，快修",
    "我的信息你们看到了吗",
    "删除报警记录",
    "please send my data sheet",
    "the pump is wrong",
    "update my order number",
    "how long will it take",
    "请停止发货",
    "你们记录了我们的报修吗",
    "我想知道什么时候修好，别删记录",
    "我更新了设备资料",
)


@pytest.mark.parametrize(("words", "wish"), [(words, wish) for wish, said in WISHES.items() for words in said])
def test_a_wish_about_her_data_is_understood(words: str, wish: DataWish):
    assert wish_in(words) is wish
    assert not no_questionnaires(words)


@pytest.mark.parametrize("words", NO_MORE)
def test_who_has_enough_of_questionnaires_is_understood(words: str):
    assert no_questionnaires(words)
    assert wish_in(words) is None


@pytest.mark.parametrize("words", SOMETHING_ELSE)
def test_what_is_about_something_else_is_no_wish(words: str):
    assert wish_in(words) is None
    assert not no_questionnaires(words)


def test_questionnaires_stop_by_one_tap_after_it_was_said(wang: Chatter, session: Session):
    wang.says("不要再给我发问卷了")
    assert wang.buttons[0] == "🔕 不再接收问卷"
    assert "是这个意思吗？点一下即可。" in wang.sees
    wang.taps("不再接收问卷")
    assert wang.person.stopped_at is not None
    assert session.scalars(select(Complaint)).all() == []


def test_a_problem_told_with_it_can_still_be_registered(wang: Chatter, session: Session):
    wang.says("不要再给我发问卷了，3号线又漏油")
    wang.taps("另一个问题")
    assert session.scalars(select(Complaint)).one().words == "不要再给我发问卷了，3号线又漏油"
    assert wang.person.stopped_at is None


def test_what_is_kept_of_her_is_asked_for_by_one_tap(wang: Chatter, session: Session):
    wang.says("我要看你们有我哪些信息")
    assert "登记为问题吗" not in wang.sees
    wang.taps("🔒")
    assert session.scalars(select(DataRequest)).one().wish is DataWish.SEE
