"""What was sent along is shown again where its record may be seen, and what is not kept is explained there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import attachments, contracts, letters
from crm.attachments import Sent
from dialog.events import File, Message
from handlers.names import NAMES
from models.attachment import Attachment, FileKind, FileState, NotKept
from models.complaint import Complaint
from models.customer import Customer
from models.notice import Notice
from models.person import Person
from tests.chatter import Chatter
from tests.conftest import Clock

HOSTILE = "<b>=1+1.exe"


@pytest.fixture
def logs(li: Chatter, east_bearings: Customer) -> Callable[..., None]:
    """Have 李伟 log a visit with these files, each a name and a size."""

    def logs(*files: tuple[str, int]) -> None:
        li.presses("/do/visit", 1)
        li.taps("华东轴承")
        for number, (name, size) in enumerate(files):
            kind = FileKind.DOCUMENT if name else FileKind.PHOTO
            sent = File(kind, f"file-{number}", f"unique-{number}", name, size=size, message_id=900 + number)
            li.does(Message(900 + number, "", file=sent))
        li.says("谈了备件")
        li.taps("顺利")

    return logs


@pytest.fixture
def zhou(meet: Callable[..., Chatter], zhou_jie: Person) -> Chatter:
    """周杰, of another customer."""
    return meet(zhou_jie)


def refuse(session: Session, clock: Clock, *whys: NotKept) -> None:
    for why in whys:
        claim = attachments.claim(session, now=clock.now)
        assert claim is not None
        attachments.refuse(session, claim, why, at=clock.now)
    session.expire_all()


def test_a_visit_with_nothing_wrong_says_nothing_of_copies(li: Chatter, logs: Callable[..., None]):
    logs(("", 10), ("报价.pdf", 10))
    assert "存档" not in li.sees

    li.taps("📎")
    assert "附带 2 个文件" in li.sees
    assert "⚠️" not in li.sees
    assert [file.file_id for file in li.screen.files] == ["file-0", "file-1"]


def test_what_is_too_large_is_said_at_once_and_shown_all_the_same(li: Chatter, logs: Callable[..., None]):
    logs(("报价.pdf", 10), ("录像.mp4", 21 << 20))
    assert "有 1 个附件未能存档，原因见 📎。" in li.sees

    li.taps("📎")
    assert "⚠️ 录像.mp4：文件过大，没有存档，只保留在 Telegram 中" in li.sees
    assert [file.name for file in li.screen.files] == ["报价.pdf", "录像.mp4"]


def test_what_was_refused_is_explained_and_not_put_before_anybody(
    li: Chatter, logs: Callable[..., None], session: Session, clock: Clock
):
    logs((HOSTILE, 10), ("", 10), ("报价.pdf", 10))
    refuse(session, clock, NotKept.PROGRAM, NotKept.BROKEN)

    li.taps("📎")
    assert f"⚠️ {HOSTILE}：为安全起见，程序和网页文件不予存档" in li.sees
    assert "⚠️ 照片：文件已损坏，请重新发送" in li.sees
    assert "<b>=1" not in li.screen.text
    assert [file.name for file in li.screen.files] == ["报价.pdf"]
    li.taps("‹")
    assert "有 2 个附件未能存档" in li.sees


def test_a_copy_goes_along_by_its_name(li: Chatter, logs: Callable[..., None], session: Session, clock: Clock):
    logs(("报价.pdf", 10))
    claim = attachments.claim(session, now=clock.now)
    attachments.stored(session, claim, media_type="application/pdf", size=10, digest="d" * 64)
    session.expire_all()

    li.taps("📎")
    assert [file.stored_as for file in li.screen.files] == [claim.stored_as]


def test_the_customer_reads_on_her_card_what_was_not_kept(wang: Chatter, session: Session, clock: Clock):
    wang.sends(caption="3号线轴承异响")
    wang.taps("登记")
    session.scalars(select(Attachment)).one().state = FileState.WAITING
    refuse(session, clock, NotKept.AS_PHOTO)

    wang.says("/mine")
    wang.taps("C0")
    assert "有 1 个附件未能存档" in wang.sees
    wang.taps("📎")
    assert "请改用“照片”方式发送" in wang.sees
    assert wang.screen.files == ()


def test_who_may_not_see_the_record_sees_none_of_its_files(
    li: Chatter, meet: Callable[..., Chatter], zhao_min: Person, wang: Chatter, logs: Callable[..., None]
):
    logs(("报价.pdf", 10))
    li.taps("📎")
    address = li.screen.address

    for nosy in (meet(zhao_min), wang):
        nosy.says("/menu")
        nosy.presses(address)
        assert nosy.screen.files == ()
        assert "报价" not in nosy.sees


def told(session: Session, person: Person) -> str:
    """Where the one notice leads that tells a person what was not kept."""
    return session.scalars(
        select(Notice.address).where(Notice.to_id == person.id, Notice.address.startswith("/files"))
    ).one()


def test_who_sent_it_is_told_which_file_why_and_what_would_be_right(
    li: Chatter, logs: Callable[..., None], session: Session, clock: Clock
):
    logs((HOSTILE, 10), ("图纸.rar", 10), ("报价.pdf", 10))
    refuse(session, clock, NotKept.PROGRAM, NotKept.ARCHIVE)

    li.opens(told(session, li.person))
    assert "华东轴承有限公司：你一起发来的文件中，有 2 个未能存档" in li.sees
    assert f"⚠️ {HOSTILE}：为安全起见，程序和网页文件不予存档，请改发 PDF 或图片" in li.sees
    assert "⚠️ 图纸.rar：压缩包内容无法检查，请改发不加密的 ZIP" in li.sees
    assert "报价" not in li.sees
    assert "<b>=1" not in li.screen.text
    li.taps("打开")
    assert "有 2 个附件未能存档" in li.sees


def test_a_customer_is_told_in_her_own_words_and_opens_her_own_complaint(
    wang: Chatter, zhou: Chatter, li: Chatter, session: Session, clock: Clock
):
    wang.sends(caption="3号线轴承异响")
    wang.taps("登记")
    refuse(session, clock, NotKept.AS_PHOTO)

    address = told(session, wang.person)
    wang.opens(address)
    number = session.scalars(select(Complaint)).one().number
    assert wang.sees.startswith(f"{number}：您一起发来的文件中，有 1 个未能保存")
    assert "您可以点下面的按钮打开" in wang.sees
    wang.taps("打开")
    assert number in wang.sees
    for nosy in (zhou, li):  # not even her own rep: it is for who sent it
        nosy.presses(address, 1)
        assert nosy.screens == {}
        assert "没有找到" in (nosy.toast or "")


def test_a_message_and_a_contract_are_told_of_too(
    wang: Chatter, li: Chatter, session: Session, clock: Clock, east_bearings: Customer
):
    file = [Sent(FileKind.DOCUMENT, "f", "u", "坏.pdf")]
    letters.write(session, wang.person, words="", files=file, at=clock.now)
    term = {"number": "HT-1", "title": "<b>备件", "starts": date(2026, 1, 1), "ends": date(2026, 12, 1)}
    contracts.add(session, li.person, customer=east_bearings, **term, files=file, at=clock.now)
    refuse(session, clock, NotKept.BROKEN, NotKept.BROKEN)

    wang.opens(told(session, wang.person))
    assert wang.sees.startswith("留言：您一起发来的文件中，有 1 个未能保存")
    wang.taps("打开")
    assert "坏.pdf" not in wang.sees
    li.opens(told(session, li.person))
    assert li.sees.startswith("<b>备件：你一起发来的文件中")
    li.taps("打开")
    assert "HT-1" in li.sees


def test_of_a_visit_that_was_taken_back_and_of_forged_files_nothing_is_told(
    li: Chatter, logs: Callable[..., None], session: Session, clock: Clock
):
    logs(("坏.pdf", 10))
    refuse(session, clock, NotKept.BROKEN)
    li.taps("撤销")
    for address in (told(session, li.person), "/files/999999", "/files/0", "/files/x", f"/files/{'9' * 40}"):
        li.presses(address, 1)
        assert "坏.pdf" not in li.sees


def test_every_reason_has_its_words():
    named = {member for member, _label in NAMES if isinstance(member, NotKept)}
    assert named == set(NotKept)
