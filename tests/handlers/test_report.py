"""The customer's side: reporting a problem, following it, adding to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import moves
from models.attachment import Attachment, FileKind
from models.complaint import Complaint, ComplaintKind, Severity, Stage
from models.notice import Notice
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import Clock

LEAK = "2号泵机封漏油"


def filed(session: Session) -> list[Complaint]:
    return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def reports(wang: Chatter, words: str = LEAK) -> Complaint:
    wang.presses("/do/report", 1)
    wang.says(words)
    return filed(wang.session)[-1]


def resolved(session: Session, li: Chatter, complaint: Complaint, clock: Clock) -> None:
    for step, words in (
        (moves.acknowledge, {}),
        (moves.investigate, {}),
        (moves.resolve, {"remedy": "换新"}),
    ):
        step(session, li.person, complaint.id, version=complaint.version, at=clock.now, **words)


SENT = [
    ("words", lambda wang: wang.says(LEAK), LEAK, 0),
    ("a photo without a word", lambda wang: wang.sends(FileKind.PHOTO), "", 1),
    ("a photo with a caption", lambda wang: wang.sends(FileKind.PHOTO, LEAK), LEAK, 1),
    ("a voice message", lambda wang: wang.sends(FileKind.VOICE), "", 1),
    ("a drawing", lambda wang: wang.sends(FileKind.DOCUMENT), "", 1),
    ("a video", lambda wang: wang.sends(FileKind.VIDEO), "", 1),
    ("a forwarded message", lambda wang: wang.says(LEAK, forwarded_from="车间老张"), LEAK, 0),
]


@pytest.mark.parametrize(("what", "sends", "words", "files"), SENT, ids=[case[0] for case in SENT])
def test_whatever_a_customer_sends_becomes_a_complaint_with_one_tap(
    session: Session, wang: Chatter, what: str, sends: Callable[[Chatter], None], words: str, files: int
):
    sends(wang)
    assert filed(session) == []
    wang.taps("登记")

    (complaint,) = filed(session)
    assert wang.taps_made == 1
    assert (complaint.words, len(complaint.attachments)) == (words, files)
    assert (complaint.severity, complaint.reporter, complaint.proxy) == (Severity.S3, wang.person, False)
    assert complaint.number in wang.sees


@pytest.mark.parametrize(("what", "sends", "words", "files"), SENT, ids=[case[0] for case in SENT])
def test_after_the_menus_button_the_first_message_is_the_complaint(
    session: Session, wang: Chatter, what: str, sends: Callable[[Chatter], None], words: str, files: int
):
    wang.presses("/do/report", 1)
    sends(wang)

    (complaint,) = filed(session)
    assert (complaint.words, len(complaint.attachments)) == (words, files)
    assert complaint.number in wang.sees


def test_words_typed_behind_the_command_are_registered_at_once(session: Session, wang: Chatter):
    wang.says(f"/report {LEAK}")
    assert filed(session)[0].words == LEAK


def test_what_is_no_problem_is_not_registered(session: Session, wang: Chatter):
    wang.says("报价收到了，挺清楚")
    wang.taps("不用登记")
    assert filed(session) == []
    assert "没有登记" in wang.sees
    assert "李伟" in wang.sees


def test_cancelling_in_the_middle_registers_nothing(session: Session, wang: Chatter):
    wang.says(LEAK)
    wang.says("/cancel")
    assert filed(session) == []
    assert "什么都没有保存" in wang.sees


def test_more_photos_and_words_before_the_tap_belong_to_it(session: Session, wang: Chatter):
    wang.says(LEAK)
    wang.sends(FileKind.PHOTO)
    wang.says("已经停机")
    assert "已经停机" in wang.sees
    wang.taps("登记")
    (complaint,) = filed(session)
    assert complaint.words == f"{LEAK}\n已经停机"
    assert len(complaint.attachments) == 1


def test_an_album_is_one_complaint_also_when_its_parts_come_after_the_number(session: Session, wang: Chatter):
    wang.presses("/do/report", 1)
    wang.sends(FileKind.PHOTO, album="a1")
    card = wang.newest
    wang.sends(FileKind.PHOTO, album="a1")
    wang.sends(FileKind.PHOTO, LEAK, album="a1")

    (complaint,) = filed(session)
    assert len(complaint.attachments) == 3
    assert complaint.number in wang.sees
    assert LEAK in wang.sees
    assert "附件（3）" in "".join(wang.buttons)
    assert card in wang.screens


def test_an_album_out_of_the_blue_waits_for_its_tap_with_all_its_parts(session: Session, wang: Chatter):
    for _ in range(3):
        wang.sends(FileKind.PHOTO, album="a1")
    wang.taps("登记")
    (complaint,) = filed(session)
    assert len(complaint.attachments) == 3
    assert wang.taps_made == 1


def test_a_late_part_does_not_touch_the_complaint_of_another(
    session: Session, wang: Chatter, meet: Callable[..., Chatter], zhou_jie: Person
):
    wang.presses("/do/report", 1)
    wang.sends(FileKind.PHOTO, album="a1")
    zhou = meet(zhou_jie)
    zhou.sends(FileKind.PHOTO, album="a1")
    assert len(filed(session)[0].attachments) == 1
    assert "要登记为问题吗" in zhou.sees


def test_the_message_can_be_corrected_until_it_is_sent(session: Session, wang: Chatter):
    said = wang.says("2号泵漏游")
    wang.edits(said, LEAK)
    wang.taps("登记")
    assert filed(session)[0].words == LEAK


def test_tapping_send_twice_registers_once(session: Session, wang: Chatter):
    wang.says(LEAK)
    send = next(button.data for row in wang.screen.keyboard for button in row if "登记" in button.text)
    wang.presses(send)
    wang.presses(send)
    assert len(filed(session)) == 1


def test_a_place_alone_waits_for_what_is_wrong_there(session: Session, wang: Chatter):
    wang.shares_place(31.2, 121.5)
    assert filed(session) == []
    wang.taps("登记")
    assert filed(session) == []
    wang.says(LEAK)
    assert filed(session)[0].words == f"{LEAK}\n📍 31.200, 121.500"


@pytest.mark.parametrize(
    "words", ["<b>漏油</b> & <i>", "=1+1", "字" * 4096, "\u202eabc", "'; drop table complaint; --"]
)
def test_odd_words_are_kept_and_shown_as_words(session: Session, wang: Chatter, li: Chatter, words: str):
    complaint = reports(wang, words)
    assert complaint.words == words.replace("\u202e", "")
    li.opens(f"/complaints/{complaint.id}")
    li.says("/complaints")
    wang.says("/mine")
    assert complaint.words[:20] in li.sees
    assert complaint.words[:20] in wang.sees


def test_dangerous_words_alert_the_leader_at_once_and_a_human_confirms(
    session: Session, wang: Chatter, li: Chatter, chen: Chatter
):
    complaint = reports(wang, "现场泄漏，已经停线")
    urgent = session.scalars(select(Notice.urgent).where(Notice.to_id == chen.person.id)).all()
    assert urgent == [True]
    li.opens(f"/complaints/{complaint.id}")
    assert "建议定为 S1 · 紧急" in li.sees
    li.taps("定为 S1")
    assert complaint.severity is Severity.S1
    assert li.sees.startswith("🔴")
    assert "建议" not in li.sees


def test_one_more_tap_says_what_it_is_about_and_does_not_age_the_reps_button(
    session: Session, wang: Chatter, li: Chatter
):
    complaint = reports(wang)
    li.opens(f"/complaints/{complaint.id}")
    wang.taps("交期")
    assert complaint.kind is ComplaintKind.DELIVERY
    assert "类别：交期" in wang.sees
    li.taps("受理")
    assert complaint.stage is Stage.ACKNOWLEDGED


def test_saying_what_it_is_about_a_second_time_finds_it_said(session: Session, wang: Chatter):
    complaint = reports(wang)
    data = next(button.data for row in wang.screen.keyboard for button in row if button.text == "服务")
    wang.presses(data)
    wang.presses(data.replace("service", "other"))
    assert complaint.kind is ComplaintKind.SERVICE
    assert wang.toast == "这件事已经处理过了。"


def test_she_adds_a_photo_to_an_open_complaint_and_the_rep_is_told(session: Session, wang: Chatter, li: Chatter):
    complaint = reports(wang)
    told = len(session.scalars(select(Notice).where(Notice.to_id == li.person.id)).all())
    wang.taps("补充")
    wang.sends(FileKind.PHOTO, "今天更严重了")
    assert [kept.kind for kept in complaint.attachments] == [FileKind.PHOTO]
    assert "今天更严重了" in wang.sees
    li.opens(f"/complaints/{complaint.id}")
    assert "➕ · 王芳" in li.sees
    assert "今天更严重了" in li.sees
    assert len(session.scalars(select(Notice).where(Notice.to_id == li.person.id)).all()) == told + 1


def test_she_sees_what_she_sent_again(session: Session, wang: Chatter):
    wang.sends(FileKind.PHOTO, LEAK)
    wang.taps("登记")
    wang.taps("附件")
    assert [file.kind for file in wang.screen.files] == [FileKind.PHOTO]
    assert wang.screen.files[0].file_id == session.scalars(select(Attachment.file_id)).one()


def test_her_list_shows_her_own_complaints_open_ones_first(session: Session, wang: Chatter, li: Chatter, clock: Clock):
    closed = reports(wang, "旧问题")
    resolved(session, li, closed, clock)
    moves.feed_back(session, li.person, closed.id, version=closed.version, words="可以", at=clock.now)
    new = reports(wang, "新问题")
    wang.says("/mine")
    assert wang.sees.index(new.number) < wang.sees.index(closed.number)
    wang.taps(new.number)
    assert wang.sees.startswith(new.number)


def test_more_than_six_complaints_are_turned_by_pages(session: Session, wang: Chatter):
    for n in range(8):
        reports(wang, f"问题{n}")
    wang.says("/mine")
    assert "C" in wang.sees
    wang.taps("›")
    assert len([label for label in wang.buttons if "问题" in label and "报告" not in label]) == 2
    wang.presses("/complaints/mine?page=-3", wang.newest)
    assert wang.reply.screen is not None


def test_nobody_else_sees_her_complaint(
    session: Session, wang: Chatter, meet: Callable[..., Chatter], zhou_jie: Person, zhao_min: Person
):
    complaint = reports(wang)
    for person in (zhou_jie, zhao_min):
        other = meet(person)
        for address in (
            f"/complaints/{complaint.id}",
            f"/complaints/{complaint.id}/files",
            f"/complaints/{complaint.id}/about?kind=other",
            f"/complaints/{complaint.id}/acknowledge?version=1",
            f"/complaints/{complaint.id}/severity",
            f"/complaints/{complaint.id}/set_severity?severity=S1&version=1",
        ):
            other.presses(address, 1)
            assert other.reply.screen is None
            assert other.toast
    assert (complaint.stage, complaint.kind, complaint.severity) == (Stage.RECEIVED, None, Severity.S3)


@pytest.mark.parametrize("flow", ["add_to_complaint", "reopen"])
def test_a_door_to_another_customers_complaint_leads_nowhere(
    session: Session, wang: Chatter, meet: Callable[..., Chatter], zhou_jie: Person, flow: str
):
    complaint = reports(wang)
    zhou = meet(zhou_jie)
    zhou.presses(f"/do/{flow}?complaint={complaint.id}", 1)
    assert LEAK not in zhou.sees
    assert "目前没有" in zhou.sees


def test_she_cannot_use_the_departments_buttons(session: Session, wang: Chatter):
    complaint = reports(wang)
    for address in (f"/complaints/{complaint.id}/acknowledge?version=1", "/complaints", "/do/complaint", "/do/resolve"):
        wang.presses(address, 1)
        assert "只供我们的同事使用" in (wang.toast or "")
    assert complaint.stage is Stage.RECEIVED


def test_a_photo_says_well_enough_that_it_is_not_solved(session: Session, wang: Chatter, li: Chatter, clock: Clock):
    complaint = reports(wang)
    resolved(session, li, complaint, clock)
    wang.opens(f"/complaints/{complaint.id}")
    wang.taps("还没解决")
    wang.sends(FileKind.PHOTO)
    assert complaint.stage is Stage.INVESTIGATING
    assert len(complaint.attachments) == 1


def test_a_complaint_closed_meanwhile_is_shown_instead_of_an_error(
    session: Session, wang: Chatter, li: Chatter, clock: Clock
):
    complaint = reports(wang)
    resolved(session, li, complaint, clock)
    wang.opens(f"/complaints/{complaint.id}")
    wang.taps("还没解决")
    moves.feed_back(session, li.person, complaint.id, version=complaint.version, words="可以", at=clock.now)
    wang.says("还在滴油")
    assert complaint.stage is Stage.FED_BACK
    assert "●●●●●" in wang.sees


def test_what_is_no_problem_has_one_way_out(wang: Chatter):
    wang.says(LEAK)
    assert wang.buttons == ["✅ 登记", "✉️ 给李伟留言", "不用登记"]


def test_a_message_is_not_asked_for_as_a_problem(session: Session, wang: Chatter):
    wang.presses("/do/report?about=message", 1)
    assert "想对我们说什么" in wang.sees
    wang.says("请回电")
    assert filed(session)[0].kind is ComplaintKind.OTHER
    assert "方便的话" not in wang.sees


def test_a_photo_without_words_has_a_sign_in_the_list(wang: Chatter):
    wang.says("/report")
    wang.sends()
    wang.says("/mine")
    assert wang.sees.endswith("\n📎")
    assert wang.buttons[0].endswith(" 📎")
