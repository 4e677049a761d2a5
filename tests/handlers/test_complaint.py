"""The department's side of a complaint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import filing, moves
from models.attachment import FileKind
from models.complaint import Complaint, ComplaintKind, Severity, Stage
from models.customer import Contact, Customer
from models.notice import Reason
from models.person import Person
from models.questionnaire import Questionnaire
from tests.chatter import Chatter
from tests.conftest import Clock

NOISE = "3号线轴承异响"


@pytest.fixture
def complaint(session: Session, wang_fang: Person, east_bearings: Customer, clock: Clock) -> Complaint:
    """王芳 has reported a noise."""
    return filing.file(session, wang_fang, customer=east_bearings, words=NOISE, at=clock.now)


def card(complaint: Complaint) -> str:
    return f"/complaints/{complaint.id}"


def brings(session: Session, actor: Person, complaint: Complaint, stage: Stage, at: datetime) -> None:
    """Take the complaint to this stage."""
    for step in list(Stage)[1 : list(Stage).index(stage) + 1]:
        version = complaint.version
        if step is Stage.ACKNOWLEDGED:
            moves.acknowledge(session, actor, complaint.id, version=version, at=at)
        elif step is Stage.INVESTIGATING:
            moves.investigate(session, actor, complaint.id, version=version, at=at)
        elif step is Stage.RESOLVED:
            moves.resolve(session, actor, complaint.id, version=version, remedy="换新", at=at)
        else:
            moves.feed_back(session, actor, complaint.id, version=version, words="可以", at=at)


def filed(session: Session) -> list[Complaint]:
    return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def test_a_rep_records_a_complaint_with_two_taps_and_the_customers_words(
    session: Session, li: Chatter, chen: Chatter, east_bearings: Customer
):
    li.says("/complaint")
    li.taps("华东轴承")
    li.says(NOISE)
    assert f"内容：{NOISE}" in li.sees
    assert "点一下即登记" in li.sees
    assert filed(session) == []
    li.taps("产品质量")

    (complaint,) = filed(session)
    assert li.taps_made == 2
    assert (complaint.customer, complaint.words) == (east_bearings, NOISE)
    assert (complaint.kind, complaint.severity, complaint.proxy) == (ComplaintKind.QUALITY, Severity.S3, True)
    assert complaint.number in li.sees
    chen.opens(card(complaint))
    assert NOISE in chen.sees


def test_who_said_it_may_be_named_and_follows_it_then(
    session: Session, li: Chatter, wang: Chatter, east_bearings: Customer, clock: Clock
):
    li.says("/complaint")
    li.taps("华东轴承")
    li.says(NOISE)
    li.taps("➕ 反映人")
    assert "之后可以在这里看到进展" in li.sees
    li.taps("王芳 · 设备工程师")
    assert "反映人：王芳" in li.sees
    li.taps("产品质量")

    (complaint,) = filed(session)
    assert (complaint.reporter, complaint.filed_by, complaint.proxy) == (wang.person, li.person, True)
    wang.opens(card(complaint))
    assert "●○○○○" in wang.sees
    brings(session, li.person, complaint, Stage.RESOLVED, clock.now)
    assert session.scalars(select(Questionnaire.person_id)).all() == [wang.person.id]


def test_nobody_is_asked_for_where_nobody_uses_the_bot(li: Chatter, engineer: Contact, north_pumps: Customer):
    li.says("/complaint 华东轴承 异响")
    assert "➕ 反映人" not in li.buttons


def test_nobody_of_another_firm_is_named(session: Session, li: Chatter, wang: Chatter, zhou_jie: Person):
    li.says("/complaint 华东轴承 异响")
    li.taps("➕ 反映人")
    key = next(button.data for row in li.screen.keyboard for button in row if "王芳" in button.text)
    li.presses(f"{key.partition(':')[0]}:{zhou_jie.id}")
    li.says("周杰")
    assert filed(session) == []
    assert "没有找到" in li.sees
    li.says("王")
    li.taps("王芳")
    li.taps("服务")
    assert filed(session)[0].reporter is wang.person


def test_a_forwarded_message_becomes_a_complaint_with_two_taps(session: Session, li: Chatter, east_bearings: Customer):
    li.says(NOISE, forwarded_from="王工")
    li.taps("华东轴承")
    li.taps("产品质量")
    assert (li.taps_made, filed(session)[0].words) == (2, NOISE)


def test_a_typed_line_leaves_one_tap(session: Session, li: Chatter, east_bearings: Customer):
    li.says(f"/complaint 华东轴承 {NOISE}")
    li.taps("交期")
    assert (li.taps_made, filed(session)[0].words) == (1, NOISE)


def test_a_line_about_nobody_known_keeps_its_words(session: Session, li: Chatter, east_bearings: Customer):
    li.says("/complaint 传送带 又坏了")
    li.taps("华东轴承")
    assert "又坏了" in li.sees


def test_photos_and_voice_are_kept_in_whatever_order_they_come(session: Session, li: Chatter, east_bearings: Customer):
    li.says("/complaint")
    li.sends(FileKind.PHOTO)
    li.taps("华东轴承")
    li.sends(FileKind.VOICE)
    li.says("电话里说很急")
    li.taps("服务")
    (complaint,) = filed(session)
    assert [kept.kind for kept in complaint.attachments] == [FileKind.VOICE, FileKind.PHOTO]
    assert complaint.words == "电话里说很急"


def test_a_customers_card_opens_the_conversation_with_the_customer_known(
    session: Session, li: Chatter, east_bearings: Customer
):
    li.presses(f"/do/complaint?customer={east_bearings.id}", 1)
    assert "客户怎么说" in li.sees


def test_a_customer_of_another_rep_cannot_be_chosen(session: Session, li: Chatter, north_pumps: Customer):
    li.presses(f"/do/complaint?customer={north_pumps.id}", 1)
    assert "北方泵业" not in li.sees
    li.says("北方泵业")
    assert "北方泵业股份有限公司" not in li.buttons


BUTTONS = [
    (Stage.RECEIVED, Severity.S3, ["✅ 受理"], ["✅ 受理"]),
    (Stage.ACKNOWLEDGED, Severity.S3, ["🔍 开始调查"], ["🔍 开始调查"]),
    (Stage.INVESTIGATING, Severity.S3, ["🛠 标记解决"], ["🛠 标记解决"]),
    (Stage.RESOLVED, Severity.S3, ["🔁 重新处理", "🤝 反馈结案"], ["🔁 重新处理", "🤝 反馈结案"]),
    # Grave ones are closed by a leader who does not own them.
    (Stage.RESOLVED, Severity.S2, ["🔁 重新处理"], ["🔁 重新处理", "🤝 反馈结案"]),
    (Stage.FED_BACK, Severity.S3, [], []),
]


@pytest.mark.parametrize(("stage", "severity", "reps", "managers"), BUTTONS)
def test_the_card_offers_exactly_the_steps_this_person_may_take(
    session: Session,
    li: Chatter,
    chen: Chatter,
    complaint: Complaint,
    clock: Clock,
    stage: Stage,
    severity: Severity,
    reps: list[str],
    managers: list[str],
):
    complaint.severity = severity
    brings(session, li.person, complaint, stage, clock.now)
    steps = {"✅ 受理", "🔍 开始调查", "🛠 标记解决", "🔁 重新处理", "🤝 反馈结案"}
    for somebody, expected in ((li, reps), (chen, managers)):
        somebody.opens(card(complaint))
        assert [label for label in somebody.buttons if label in steps] == expected


def test_acknowledging_twice_is_harmless_and_says_so(
    session: Session, li: Chatter, chen: Chatter, complaint: Complaint
):
    chen.opens(card(complaint))
    li.opens(card(complaint))
    li.taps("受理")
    chen.taps("受理")
    assert complaint.stage is Stage.ACKNOWLEDGED
    assert chen.toast == "这件事已经处理过了。"
    assert "🔍 开始调查" in chen.buttons


def test_a_forged_step_that_is_not_open_is_refused_in_words(session: Session, li: Chatter, complaint: Complaint):
    li.presses(f"{card(complaint)}/investigate?version={complaint.version}", 1)
    assert "阶段已经变了" in (li.toast or "")
    assert complaint.stage is Stage.RECEIVED


def test_a_rep_cannot_close_a_grave_complaint_with_a_forged_door(
    session: Session, li: Chatter, complaint: Complaint, clock: Clock
):
    complaint.severity = Severity.S1
    brings(session, li.person, complaint, Stage.RESOLVED, clock.now)
    li.presses(f"/do/feed_back?complaint={complaint.id}&verdict=ok", 1)
    assert complaint.stage is Stage.RESOLVED
    assert "由不负责此单的主管结案" in li.sees


def test_what_is_late_says_so_and_stands_on_top(
    session: Session, li: Chatter, complaint: Complaint, wang_fang: Person, east_bearings: Customer, clock: Clock
):
    clock.passes(days=2)
    new = filing.file(session, wang_fang, customer=east_bearings, words="发票抬头错", at=clock.now)
    li.says("/complaints")
    assert li.sees.index(complaint.number) < li.sees.index(new.number)
    assert f"⏰ {complaint.number} · 华东轴承有限公司" in li.buttons
    li.taps("只看逾期")
    assert new.number not in li.sees
    li.taps(complaint.number)
    assert li.sees.startswith("⏰ 已逾期")


def test_closed_ones_stand_last_and_the_list_is_turned_by_pages(
    session: Session, li: Chatter, complaint: Complaint, wang_fang: Person, east_bearings: Customer, clock: Clock
):
    brings(session, li.person, complaint, Stage.FED_BACK, clock.now)
    for n in range(7):
        filing.file(session, wang_fang, customer=east_bearings, words=f"问题{n}", at=clock.now)
    li.says("/complaints")
    assert complaint.number not in li.sees
    li.taps("›")
    assert complaint.number in li.sees
    li.taps("‹")
    li.presses("/complaints?page=-1", li.newest)
    assert "问题" in li.sees


def test_an_empty_list_says_so(li: Chatter):
    li.says("/complaints")
    assert "目前没有" in li.sees


def test_a_rep_makes_it_graver_with_a_tap_and_the_deadline_shrinks(session: Session, li: Chatter, complaint: Complaint):
    before = complaint.resolve_by
    li.opens(card(complaint))
    li.taps("级别")
    assert [label for label in li.buttons if label.startswith("S")] == ["S1 · 紧急", "S2 · 重大"]
    li.taps("S2")
    assert complaint.severity is Severity.S2
    assert complaint.resolve_by < before
    assert "S2 · 重大" in li.sees


def test_only_a_leader_makes_it_lighter_and_says_why(
    session: Session, li: Chatter, chen: Chatter, complaint: Complaint
):
    li.presses(f"/do/lighten?complaint={complaint.id}&severity=S4&reason=x", 1)
    li.presses(f"{card(complaint)}/set_severity?severity=S4&version={complaint.version}", 1)
    assert complaint.severity is Severity.S3
    assert "要由主管来做" in (li.toast or "")

    chen.opens(card(complaint))
    chen.taps("级别")
    chen.taps("S4")
    assert "由“S3 · 一般”调为“S4 · 轻微”" in chen.sees
    chen.says("只是标签贴歪")
    assert complaint.severity is Severity.S4
    assert "只是标签贴歪" in chen.sees


def test_the_kind_is_set_with_two_taps(session: Session, li: Chatter, complaint: Complaint):
    li.opens(card(complaint))
    li.taps("类别")
    li.taps("单据发票")
    assert complaint.kind is ComplaintKind.PAPERWORK
    assert "单据发票" in li.sees


def test_proof_of_the_remedy_is_kept_beside_the_complaint(
    session: Session, li: Chatter, complaint: Complaint, clock: Clock
):
    brings(session, li.person, complaint, Stage.INVESTIGATING, clock.now)
    li.opens(card(complaint))
    li.taps("标记解决")
    li.sends(FileKind.PHOTO)
    assert complaint.stage is Stage.INVESTIGATING
    li.sends(FileKind.PHOTO, "已换轴承")
    assert (complaint.stage, complaint.remedy) == (Stage.RESOLVED, "已换轴承")
    assert len(complaint.attachments) == 2


def test_a_contact_shared_with_the_remedy_reaches_the_customer(
    session: Session, li: Chatter, complaint: Complaint, clock: Clock
):
    brings(session, li.person, complaint, Stage.INVESTIGATING, clock.now)
    li.opens(card(complaint))
    li.taps("标记解决")
    li.shares_card("刘工", "13800000000")
    assert "联系人先放在草稿里" in li.sees
    li.says("已换轴承，有事找刘工")
    assert complaint.remedy == "已换轴承，有事找刘工\n👤 刘工 13800000000"


def test_cancelling_the_remedy_resolves_nothing(session: Session, li: Chatter, complaint: Complaint, clock: Clock):
    brings(session, li.person, complaint, Stage.INVESTIGATING, clock.now)
    li.opens(card(complaint))
    li.taps("标记解决")
    li.taps("取消")
    assert complaint.stage is Stage.INVESTIGATING


def test_a_remedy_longer_than_fits_is_refused_with_what_would_fit(
    session: Session, li: Chatter, complaint: Complaint, clock: Clock
):
    brings(session, li.person, complaint, Stage.INVESTIGATING, clock.now)
    li.presses(f"/do/resolve?complaint={complaint.id}", 1)
    li.says("换" * 5000)
    assert "最多 1000 个字" in li.sees
    assert complaint.stage is Stage.INVESTIGATING


def test_a_colleague_was_quicker_with_the_remedy_and_the_card_shows_it(
    session: Session, li: Chatter, chen: Chatter, complaint: Complaint, clock: Clock
):
    brings(session, li.person, complaint, Stage.INVESTIGATING, clock.now)
    li.opens(card(complaint))
    li.taps("标记解决")
    brings_on = moves.resolve(
        session, chen.person, complaint.id, version=complaint.version, remedy="陈静已处理", at=clock.now
    )
    li.says("我也处理了")
    assert brings_on.remedy == "陈静已处理"
    assert "陈静已处理" in li.sees


def test_the_department_takes_up_again_what_the_customer_said_on_the_phone(
    session: Session, li: Chatter, complaint: Complaint, clock: Clock
):
    brings(session, li.person, complaint, Stage.RESOLVED, clock.now)
    li.opens(card(complaint))
    li.taps("重新处理")
    li.says("王工来电，还有异响")
    assert (complaint.stage, complaint.reopened) == (Stage.INVESTIGATING, 1)
    assert "还有异响" in li.sees


def test_without_a_door_the_conversation_asks_which_and_finds_by_number_or_words(
    session: Session, li: Chatter, complaint: Complaint, clock: Clock
):
    brings(session, li.person, complaint, Stage.INVESTIGATING, clock.now)
    for typed in (complaint.number, "轴承异响", "华东"):
        li.presses("/do/resolve", 1)
        li.says(typed)
        assert [label for label in li.buttons if complaint.number in label]
        li.says("/cancel")
    li.presses("/do/resolve", 1)
    li.says("没有的东西")
    assert "没有找到" in li.sees or "没找到" in li.sees
    assert complaint.number in "".join(li.buttons)  # a list of what can be picked is never empty


def test_another_rep_finds_nothing_of_it(session: Session, zhao: Chatter, complaint: Complaint):
    zhao.says("/complaints")
    assert complaint.number not in zhao.sees
    zhao.presses(card(complaint), 1)
    assert "没有找到" in (zhao.toast or "")


FORGED = [
    "/complaints/x",
    "/complaints/99999999999999999999",
    "/complaints/0",
    "/complaints/1/nothing",
    "/complaints/1/acknowledge",
    "/complaints/1/acknowledge?version=x",
    "/complaints/1/set_kind?kind=none&version=1",
    "/do/resolve?complaint=x",
    "/do/lighten?complaint=1&severity=S9",
    "/complaints?page=x",
    "/complaints?late=2",
]


@pytest.mark.parametrize("address", FORGED)
def test_a_forged_address_changes_nothing(session: Session, li: Chatter, complaint: Complaint, address: str):
    li.presses(address, 1)
    assert li.reply.screen or li.toast
    assert (complaint.stage, complaint.version) == (Stage.RECEIVED, 1)


@pytest.mark.parametrize("words", ["<b>粗</b> & <script>", "=1+1", "字" * 4096])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_screen_fits_and_shows_odd_words_as_words(
    session: Session,
    meet: Callable[..., Chatter],
    li_wei: Person,
    wang_fang: Person,
    east_bearings: Customer,
    clock: Clock,
    words: str,
    language: str,
):
    east_bearings.name = words[:120]
    li, wang = meet(li_wei, language), meet(wang_fang, language)
    complaint = filing.file(session, wang_fang, customer=east_bearings, words=words, at=clock.now)
    for _ in range(12):
        filing.add(session, wang_fang, complaint.id, words=words, at=clock.now)
    brings(session, li_wei, complaint, Stage.INVESTIGATING, clock.now)
    li.presses(f"/do/resolve?complaint={complaint.id}", 1)
    li.says(words[:1000])
    assert complaint.stage is Stage.RESOLVED
    for address in (card(complaint), "/complaints", f"{card(complaint)}/severity", f"{card(complaint)}/kind"):
        li.opens(address)
    li.presses(f"/do/feed_back?complaint={complaint.id}", 1)
    wang.opens(card(complaint))
    assert words[:20] in wang.sees
    wang.opens("/complaints/mine")
    wang.presses(f"/do/reopen?complaint={complaint.id}", 1)
    wang.says(words[:1000])
    assert complaint.reopened == 1


def test_an_old_button_does_not_ask_how_grave_a_closed_complaint_is(
    session: Session, li: Chatter, li_wei: Person, complaint: Complaint, clock: Clock
):
    brings(session, li_wei, complaint, Stage.FED_BACK, clock.now)
    li.presses(f"{card(complaint)}/severity", 1)
    assert "已经结案" in li.sees
    assert li.buttons == [f"‹ {complaint.number}"]


def test_what_must_be_acknowledged_today_stands_before_what_is_due_later(
    session: Session, li: Chatter, li_wei: Person, complaint: Complaint, east_bearings: Customer, clock: Clock
):
    brings(session, li_wei, complaint, Stage.INVESTIGATING, clock.now)
    clock.passes(hours=1)
    new = filing.file(session, li_wei, customer=east_bearings, words="第一行\n第二行", at=clock.now)
    li.says("/complaints")
    assert [label[:6] for label in li.buttons[:2]] == [new.number, complaint.number]
    assert "第一行 第二行" in li.sees


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "➕ 客户补充了内容"), ("en", "➕ The customer has added something")]
)
def test_a_card_that_is_pushed_says_why_and_says_it_once(
    meet: Callable[..., Chatter], complaint: Complaint, li_wei: Person, language: str, said: str
):
    li = meet(li_wei, language)

    li.opens(card(complaint), because=Reason.ADDED)
    assert li.sees.startswith(said)

    li.presses(card(complaint))
    assert said not in li.sees
    assert NOISE in li.sees


def test_who_looks_after_a_complaint_at_a_customer_she_may_not_see_is_not_led_to_the_customer(
    session: Session, li: Chatter, zhao: Chatter, complaint: Complaint
):
    complaint.owner_id = zhao.person.id
    session.flush()

    zhao.opens(card(complaint))
    assert NOISE in zhao.sees
    assert "🏭 客户" not in zhao.buttons

    li.opens(card(complaint))
    li.taps("🏭 客户")
    assert "华东轴承有限公司" in li.sees
