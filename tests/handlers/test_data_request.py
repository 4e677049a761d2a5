"""What somebody asks to have done with her own data is no complaint: it has its number, its day and its answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import business_time, data_requests
from crm.rules import WORKING_DAY
from models.complaint import Complaint
from models.data_request import DataRequest, DataWish, RequestState
from models.notice import Notice
from models.person import Person, Role, Team
from tests.chatter import Chatter
from tests.conftest import Clock, added, joined


def one(session: Session) -> DataRequest:
    return session.scalars(select(DataRequest)).one()


def complaints(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Complaint)) or 0


def asks_to_be_forgotten(wang: Chatter) -> DataRequest:
    wang.says("/privacy")
    wang.taps("查看、更正或删除")
    wang.taps("删除我的信息")
    return one(wang.session)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("请删除我的全部信息", DataWish.DELETE),
        ("忘了我", DataWish.DELETE),
        ("注销我的账号", DataWish.DELETE),
        ("我想导出我的个人数据", DataWish.SEE),
        ("请更正我的电话信息", DataWish.CORRECT),
        ("我要撤回同意", DataWish.WITHDRAW),
        ("please delete my data", DataWish.DELETE),
    ],
)
def test_free_words_become_a_request_by_one_tap(session: Session, wang: Chatter, words: str, wish: DataWish):
    wang.says(words)
    assert wang.buttons[0].startswith("🔒")
    wang.taps("🔒")
    assert (one(session).wish, one(session).words) == (wish, words)
    assert complaints(session) == 0
    assert one(session).number in wang.sees


@pytest.mark.parametrize("words", ["泵的参数信息请发我", "控制柜的数据被删除了", "我忘了型号"])
def test_words_about_other_things_are_no_such_request(wang: Chatter, words: str):
    wang.says(words)
    assert "🔒" not in "".join(wang.buttons)


def test_it_goes_to_the_leaders_with_its_day_and_waits_until_it_is_done(
    session: Session, wang: Chatter, chen: Chatter, li: Chatter, sun_li: Person, clock: Clock
):
    request = asks_to_be_forgotten(wang)
    assert request.due_at == business_time.add(clock.now, 15 * WORKING_DAY)
    assert "3月31日" in wang.sees
    told = session.scalars(select(Notice.to_id).where(Notice.address == f"/requests/{request.id}")).all()
    assert set(told) == {chen.person.id, sun_li.id}
    chen.says("/attention")
    assert "客户的个人信息请求：1 项" in chen.sees
    chen.taps("个人信息请求 1")
    chen.taps(request.number)
    assert "华东轴承有限公司 · 王芳" in chen.sees
    chen.taps("已完成")
    assert (request.state, request.settled_by) == (RequestState.DONE, chen.person)
    assert session.scalars(select(Notice.address).where(Notice.to_id == wang.person.id)).all() == [
        f"/requests/{request.id}"
    ]
    wang.opens(f"/requests/{request.id}")
    assert "已按要求办理" in wang.sees
    chen.says("/attention")
    assert "个人信息请求" not in chen.sees
    li.presses(f"/requests/{request.id}", 1)
    assert "没有找到" in (li.toast or "")


def test_a_refusal_says_why(session: Session, wang: Chatter, chen: Chatter):
    request = asks_to_be_forgotten(wang)
    chen.opens(f"/requests/{request.id}")
    chen.taps("拒绝")
    chen.says("合同履行期内依法须保存 <b>")
    assert request.state is RequestState.REFUSED
    wang.opens(f"/requests/{request.id}")
    assert "未办理，原因：合同履行期内依法须保存 <b>" in wang.sees
    chen.presses(f"/requests/{request.id}/done?version=1", 1)
    assert request.state is RequestState.REFUSED
    assert "处理过了" in (chen.toast or "")


def test_asked_twice_it_is_one_request(session: Session, wang: Chatter):
    first = asks_to_be_forgotten(wang)
    wang.says("请删除我的全部信息")
    wang.taps("🔒")
    assert one(session) is first
    assert first.words == "请删除我的全部信息"


def test_taking_consent_back_stops_the_questionnaires_at_once(session: Session, wang: Chatter):
    wang.presses("/do/data_request?wish=withdraw", 1)
    assert wang.person.stopped_at is not None
    assert "立即停止" in wang.sees


def test_a_correction_says_what_would_be_right(session: Session, wang: Chatter):
    wang.presses("/do/data_request", 1)
    wang.taps("更正我的信息")
    wang.says("字" * 4096)
    assert len(one(session).words) == 4096
    wang.taps("看全文")
    assert "字" * 1000 in wang.sees


def test_nobody_else_settles_or_reads_it(
    session: Session, wang: Chatter, li: Chatter, zhao: Chatter, meet: Callable[..., Chatter]
):
    request = asks_to_be_forgotten(wang)
    north = added(session, Team(name="北方组"))
    zheng = meet(joined(session, "郑凯", Role.MANAGER, 1102, team_id=north.id))
    assert data_requests.count_waiting(session, zheng.person) == 0
    for somebody in (wang, li, zhao, zheng):
        somebody.presses(f"/requests/{request.id}/done?version=1", 1)
        somebody.presses(f"/do/refuse_request?request={request.id}", 1)
        somebody.presses("/requests", 1)
    assert request.state is RequestState.OPEN
