"""What was sent along is shown again where its record may be seen, and what is not kept is explained there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import attachments
from dialog.events import File, Message
from handlers.names import NAMES
from models.attachment import Attachment, FileKind, FileState, NotKept
from models.customer import Customer
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


def refuse(session: Session, clock: Clock, *whys: NotKept) -> None:
    for why in whys:
        claim = attachments.claim(session, now=clock.now)
        assert claim is not None
        attachments.refuse(session, claim, why)
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


def test_every_reason_has_its_words():
    named = {member for member, _label in NAMES if isinstance(member, NotKept)}
    assert named == set(NotKept)
