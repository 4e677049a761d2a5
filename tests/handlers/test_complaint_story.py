"""One complaint from the customer's photo to her score, told through the engine, in Chinese."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import access, asking, filing
from models.attachment import FileKind
from models.complaint import Complaint, Stage
from models.customer import Customer
from models.notice import Notice, Reason
from models.person import Person
from models.questionnaire import AskState, Questionnaire
from tests.chatter import Chatter
from tests.conftest import Clock


def told(session: Session, person: Person) -> list[str]:
    """The addresses of what the bot has decided to tell somebody, in order."""
    return list(session.scalars(select(Notice.address).where(Notice.to_id == person.id).order_by(Notice.id)))


def only(session: Session) -> Complaint:
    (complaint,) = session.scalars(select(Complaint)).all()
    return complaint


def test_a_complaint_goes_from_a_photo_to_a_score(
    session: Session, wang: Chatter, li: Chatter, chen: Chatter, clock: Clock
):
    # A photo out of the blue, then one tap: she has her number.
    wang.sends(FileKind.PHOTO, "3号线轴承异响，温度偏高")
    assert "要登记为问题吗" in wang.sees
    wang.taps("登记")
    complaint = only(session)
    assert wang.taps_made == 1
    assert complaint.number in wang.sees
    assert "●○○○○" in wang.sees
    assert "已收到，由李伟负责" in wang.sees
    assert "正在跟进" not in wang.sees
    assert wang.screen.thread == f"complaint:{complaint.id}"
    assert len(complaint.attachments) == 1

    # The rep has it before him, with one button to take it up; his manager finds it when she looks what needs her.
    address = f"/complaints/{complaint.id}"
    assert told(session, li.person) == [address]
    assert told(session, chen.person) == []
    chen.says("/attention")
    chen.taps("待受理 1")
    chen.taps(complaint.number)
    assert "3号线轴承异响" in chen.sees
    li.opens(address)
    assert "3号线轴承异响" in li.sees
    assert "华东轴承有限公司 · A · 王芳" in li.sees
    assert "受理期限：今天 14:00" in li.sees
    assert li.buttons[0] == "✅ 受理"

    clock.passes(minutes=30)
    li.taps("受理")
    assert (complaint.stage, complaint.owner) == (Stage.ACKNOWLEDGED, li.person)
    wang.opens(address)
    assert "●●○○○" in wang.sees
    assert "李伟正在跟进" in wang.sees
    assert "已收到，由" not in wang.sees
    assert "● 已受理 · 10:30" in wang.sees

    clock.passes(hours=1)
    li.taps("开始调查")
    wang.opens(address)
    assert "●●●○○" in wang.sees

    clock.passes(days=1)
    li.taps("标记解决")
    li.says("已更换3号线轴承，现场试机两小时正常")
    assert (complaint.stage, complaint.remedy) == (Stage.RESOLVED, "已更换3号线轴承，现场试机两小时正常")
    wang.opens(address)
    assert "●●●●○" in wang.sees
    assert "处理结果：已更换3号线轴承" in wang.sees
    assert "● 已受理 · 3月10日 10:30" in wang.sees
    assert told(session, wang.person) == [address] * 3
    li.opens(address)
    assert "3月10日 10:30 · 已受理 · 李伟" in li.sees
    assert "\n11:30 · 已解决 · 李伟" in li.sees

    # The question comes by itself, and her first tap is already the answer.
    clock.passes(hours=1)
    asking.announce_due(session, now=clock.now)
    asked = session.scalars(select(Questionnaire)).one()
    assert told(session, wang.person)[-1] == f"/questionnaires/{asked.id}"
    wang.opens(f"/questionnaires/{asked.id}")
    assert "1 非常不满意 … 5 非常满意" in wang.sees
    before = wang.taps_made
    wang.taps("2")
    assert wang.taps_made - before == 1
    assert (asked.score, asked.state) == (2, AskState.ANSWERED)
    assert "已记下：2 分" in wang.sees

    # A low score reaches the rep and his manager; the reason follows if she likes.
    assert told(session, li.person)[-1] == told(session, chen.person)[-1] == f"/questionnaires/{asked.id}"
    wang.says("等了两天才来人")
    assert asked.reason == "等了两天才来人"
    assert "与您联系" in wang.sees
    chen.opens(f"/questionnaires/{asked.id}")
    assert "低分提醒" in chen.sees
    assert "评分：2 分" in chen.sees
    assert "等了两天才来人" in chen.sees
    assert "前联系客户" in chen.sees

    # She is not content: it is taken up again.
    wang.opens(address)
    wang.taps("还没解决")
    wang.says("昨晚又响了")
    assert (complaint.stage, complaint.reopened) == (Stage.INVESTIGATING, 1)
    assert "●●●○○" in wang.sees
    li.opens(address)
    assert "昨晚又响了" in li.sees
    assert told(session, li.person)[-1] == address

    # And this time it is brought to its end.
    li.taps("标记解决")
    li.says("轴承座同心度已校正")
    li.taps("反馈结案")
    li.says("王工确认运行正常")
    assert complaint.stage is Stage.FED_BACK
    wang.opens(address)
    assert "●●●●●" in wang.sees
    assert "正在跟进" not in wang.sees


def test_a_leader_gives_one_complaint_to_a_colleague_who_sees_the_customer(
    chen: Chatter, zhao: Chatter, session: Session, wang_fang: Person, east_bearings: Customer, clock: Clock
):
    complaint = filing.file(session, wang_fang, customer=east_bearings, words="主轴异响", at=clock.now)
    chen.presses(f"/complaints/{complaint.id}", 1)
    chen.taps("换处理人")
    assert "现在由李伟处理" in chen.sees
    assert "赵敏 · 业务员" not in chen.buttons, "she does not see the customer"
    access.grant(session, chen.person, east_bearings.id, zhao.person.id, at=clock.now)
    chen.says("赵敏")
    chen.taps("赵敏")
    assert "负责人：赵敏" in chen.sees
    given = session.scalars(select(Notice).where(Notice.key.startswith("assigned:"))).one()
    assert (given.to_id, given.reason) == (zhao.person.id, Reason.GIVEN)
    zhao.opens(given.address)
    zhao.taps("受理")
    assert complaint.stage is Stage.ACKNOWLEDGED


def test_nobody_forges_a_handler_who_does_not_see_the_customer_or_leads_nobody(
    chen: Chatter,
    li: Chatter,
    zhao_min: Person,
    session: Session,
    wang_fang: Person,
    east_bearings: Customer,
    clock: Clock,
):
    complaint = filing.file(session, wang_fang, customer=east_bearings, words="主轴异响", at=clock.now)
    chen.presses(f"/do/assign?complaint={complaint.id}&colleague={zhao_min.id}", 1)
    assert "赵敏看不到华东轴承有限公司" in (chen.toast or "")
    li.presses(f"/do/assign?complaint={complaint.id}&colleague={li.person.id}", 1)
    assert "没有这项权限" in (li.toast or "")
    assert complaint.in_charge is li.person


def test_the_whole_story_renders_in_english_too(
    session: Session, meet: Callable[..., Chatter], wang_fang: Person, li_wei: Person, clock: Clock
):
    wang, li = meet(wang_fang, "en"), meet(li_wei, "en")
    wang.says("/report the bearing on line 3 is noisy")
    address = f"/complaints/{only(session).id}"
    li.opens(address)
    for button in ("Acknowledge", "Investigate"):
        li.taps(button)
    li.taps("Resolve")
    li.says("replaced")
    wang.opens(address)
    assert "●●●●○" in wang.sees
    assert "What we did: replaced" in wang.sees
    clock.passes(hours=1)
    asking.announce_due(session, now=clock.now)
    asked = session.scalars(select(Questionnaire)).one()
    wang.opens(f"/questionnaires/{asked.id}")
    wang.taps("5")
    assert "Saved: 5 of 5" in wang.sees
