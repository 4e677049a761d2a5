"""People come in by invitation, agree, stop, change roles and leave."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from crm import (
    access,
    asking,
    consent,
    customers,
    filing,
    joining,
    letters,
    notices,
    people,
    pledges,
    reminders,
    roles,
    surveys,
    visits,
)
from models.audit import AuditEntry
from models.chat import Chat
from models.notice import Notice, NoticeState
from models.person import Invite, Person, Role, Team
from models.problem import NotAllowed, NotFound
from models.questionnaire import AskState
from models.visit import Outcome, VisitKind
from tests.conftest import added, joined

STRANGER = 777


@pytest.fixture
def north_team(session):
    """The team for the north, which 陈静 does not lead."""
    return added(session, Team(name="北方组"))


@pytest.fixture
def comes_in(session, clock):
    """Follow an invitation as somebody."""

    def follow(token, telegram_id=STRANGER, name="林涛"):
        return joining.accept(session, token, telegram_id=telegram_id, name=name, language="zh_CN", at=clock.now)

    return follow


def invited(session, inviter, clock, **facts):
    return joining.invite(session, inviter, **{"role": Role.REP, "at": clock.now} | facts)


def test_a_stranger_is_nobody_and_a_withdrawn_person_too(session, sun_li, li_wei, clock):
    roles.withdraw(session, sun_li, li_wei.id, at=clock.now)

    assert people.recognise(session, STRANGER) is None
    assert people.recognise(session, li_wei.telegram_id) is None
    assert people.recognise(session, sun_li.telegram_id) is sun_li


def test_the_first_administrator_is_made_once(session, clock):
    first = joining.ensure_admin(session, 42, name="管理员", at=clock.now)
    again = joining.ensure_admin(session, 42, name="管理员", at=clock.now)

    assert first is again
    assert first.role is Role.ADMIN
    assert session.get(Chat, first.id) is not None


def test_an_invited_colleague_comes_in_and_the_inviter_is_told(session, chen_jing, east_team, comes_in, clock):
    invite, token = invited(session, chen_jing, clock, team=east_team)

    lin_tao = comes_in(token)

    assert (lin_tao.role, lin_tao.team, lin_tao.language) == (Role.REP, east_team, "zh_CN")
    assert invite.used_by is lin_tao
    notice = session.scalars(select(Notice)).one()
    assert (notice.to, notice.address) == (chen_jing, f"/people/{lin_tao.id}/joined")


@pytest.mark.parametrize(("name", "kept"), [("", "#777"), ("  ", "#777"), ("长" * 129, "长" * 80)])
def test_a_name_from_telegram_may_be_empty_or_long(session, chen_jing, comes_in, clock, name, kept):
    _, token = invited(session, chen_jing, clock)

    assert comes_in(token, name=name).name == kept


def test_the_token_is_kept_nowhere_in_clear(session, chen_jing, clock):
    invite, token = invited(session, chen_jing, clock)

    assert len(token) == 43
    assert token not in str(vars(invite))


def test_an_invitation_works_once(session, chen_jing, comes_in, clock):
    _, token = invited(session, chen_jing, clock)
    comes_in(token)

    with pytest.raises(joining.InviteUnusable):
        comes_in(token, telegram_id=778)


def test_an_invitation_is_good_for_three_days(session, chen_jing, comes_in, clock):
    _, token = invited(session, chen_jing, clock)
    clock.passes(hours=72)

    with pytest.raises(joining.InviteUnusable):
        comes_in(token)


def test_nobody_follows_her_own_invitation(session, sun_li, comes_in, clock):
    _, token = invited(session, sun_li, clock)

    with pytest.raises(joining.InviteUnusable):
        comes_in(token, telegram_id=sun_li.telegram_id)

    assert comes_in(token).role is Role.REP


def test_after_five_wrong_tokens_even_the_right_one_is_not_looked_at_for_an_hour(session, chen_jing, comes_in, clock):
    _, token = invited(session, chen_jing, clock)
    for _ in range(5):
        with pytest.raises(joining.InviteUnusable):
            comes_in("guess")

    with pytest.raises(joining.InviteUnusable):
        comes_in(token)
    assert comes_in(invited(session, chen_jing, clock)[1], telegram_id=778)

    clock.passes(hours=2)
    assert comes_in(token)


def test_a_withdrawn_person_comes_back_with_her_history(session, sun_li, chen_jing, li_wei, east_team, comes_in, clock):
    roles.withdraw(session, sun_li, li_wei.id, at=clock.now)
    _, token = invited(session, chen_jing, clock, role=Role.MANAGER, team=east_team)

    back = comes_in(token, telegram_id=li_wei.telegram_id)

    assert back is li_wei
    assert (back.active, back.role) == (True, Role.MANAGER)


def test_the_only_administrator_does_not_lose_herself_by_following_an_invitation(
    session, sun_li, chen_jing, comes_in, clock
):
    _, token = invited(session, chen_jing, clock)

    with pytest.raises(roles.LastAdmin):
        comes_in(token, telegram_id=sun_li.telegram_id)


@pytest.mark.parametrize(
    ("inviter", "role", "allowed"),
    [
        ("li_wei", Role.CUSTOMER, True),
        ("li_wei", Role.REP, False),
        ("li_wei", Role.MANAGER, False),
        ("li_wei", Role.ADMIN, False),
        ("chen_jing", Role.CUSTOMER, True),
        ("chen_jing", Role.REP, True),
        ("chen_jing", Role.MANAGER, True),
        ("chen_jing", Role.ADMIN, False),
        ("sun_li", Role.ADMIN, True),
        ("wang_fang", Role.CUSTOMER, False),
        ("wang_fang", Role.REP, False),
    ],
)
def test_who_may_invite_whom(request, session, engineer, clock, inviter, role, allowed):
    inviter = request.getfixturevalue(inviter)
    contact = engineer if role is Role.CUSTOMER else None

    if allowed:
        assert joining.invite(session, inviter, role=role, contact=contact, at=clock.now)
    else:
        with pytest.raises(NotAllowed):
            joining.invite(session, inviter, role=role, contact=contact, at=clock.now)


def test_a_teams_manager_invites_staff_into_her_own_team_alone(session, chen_jing, north_team, east_team, clock):
    for role in (Role.REP, Role.MANAGER):
        with pytest.raises(NotAllowed):
            joining.invite(session, chen_jing, role=role, team=north_team, at=clock.now)
        assert joining.invite(session, chen_jing, role=role, at=clock.now)[0].team_id == east_team.id


@pytest.mark.parametrize("authority_ends", ["withdrawn", "demoted"])
def test_an_invitation_is_void_once_its_author_may_not_write_it_any_more(
    session, sun_li, chen_jing, east_team, comes_in, clock, authority_ends
):
    token = joining.invite(session, chen_jing, role=Role.MANAGER, at=clock.now)[1]
    if authority_ends == "withdrawn":
        roles.withdraw(session, sun_li, chen_jing.id, at=clock.now)
    else:
        roles.change_role(session, sun_li, chen_jing.id, role=Role.REP, at=clock.now)

    with pytest.raises(joining.InviteUnusable):
        joining.invited(session, token, telegram_id=STRANGER, at=clock.now)
    with pytest.raises(joining.InviteUnusable):
        comes_in(token)


def test_a_demoted_managers_invitation_of_a_customer_still_works(session, sun_li, chen_jing, engineer, comes_in, clock):
    token = joining.invite(session, chen_jing, role=Role.CUSTOMER, contact=engineer, at=clock.now)[1]
    roles.change_role(session, sun_li, chen_jing.id, role=Role.REP, at=clock.now)

    assert comes_in(token).contact_id == engineer.id


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER])
@pytest.mark.parametrize("of_no_team", [True, False])
def test_a_teams_manager_decides_about_nobody_whom_she_does_not_lead(
    session, chen_jing, north_team, clock, role, of_no_team
):
    other = joined(session, "何勇", role, 1101, **({} if of_no_team else {"team_id": north_team.id}))

    for new in (Role.REP, Role.MANAGER):
        with pytest.raises(NotAllowed):
            roles.change_role(session, chen_jing, other.id, role=new, at=clock.now)
    with pytest.raises(NotAllowed):
        roles.withdraw(session, chen_jing, other.id, at=clock.now)
    assert (other.role, other.active) == (role, True)


def test_a_manager_who_was_only_granted_sight_shuts_nobody_of_the_customer_out(
    session, li_wei, wang_fang, east_bearings, north_team, clock
):
    zheng = joined(session, "郑凯", Role.MANAGER, 1102, team_id=north_team.id)
    access.grant(session, li_wei, east_bearings.id, zheng.id, at=clock.now)

    with pytest.raises(NotAllowed):
        roles.withdraw(session, zheng, wang_fang.id, at=clock.now)


def test_what_waits_for_a_customers_person_who_is_withdrawn_goes_to_nobody_else(
    session, chen_jing, li_wei, wang_fang, clock
):
    letter = letters.write(session, wang_fang, words="在吗", at=clock.now)
    answer = letters.answer(session, li_wei, letter.id, words="在", at=clock.now)
    roles.withdraw(session, chen_jing, wang_fang.id, at=clock.now)

    notice = session.scalars(select(Notice).where(Notice.address == letters.address(answer))).one()
    assert notices.receiver(session, notice) is wang_fang


def test_who_comes_back_sees_nothing_that_was_granted_to_her_before(
    session, chen_jing, li_wei, zhao_min, east_bearings, east_team, clock
):
    access.grant(session, li_wei, east_bearings.id, zhao_min.id, at=clock.now)
    roles.withdraw(session, chen_jing, zhao_min.id, at=clock.now)
    token = joining.invite(session, chen_jing, role=Role.REP, team=east_team, at=clock.now)[1]
    facts = {"telegram_id": zhao_min.telegram_id, "name": "赵敏", "language": "zh_CN", "at": clock.now}
    joining.accept(session, token, **facts)

    assert zhao_min.active
    assert not customers.may_see(session, zhao_min, east_bearings.id)


def test_a_rep_does_not_invite_people_of_anothers_customer(session, zhao_min, engineer, clock):
    with pytest.raises(NotFound):
        joining.invite(session, zhao_min, role=Role.CUSTOMER, contact=engineer, at=clock.now)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("chen_jing", {"李伟", "赵敏", "陈静", "王芳", "周杰"}),
        ("li_wei", {"李伟", "赵敏", "陈静", "王芳"}),
        ("wang_fang", {"王芳", "李伟"}),
    ],
)
def test_who_sees_whom(request, session, li_wei, zhao_min, chen_jing, wang_fang, zhou_jie, who, sees):
    actor = request.getfixturevalue(who)

    assert {person.name for person in session.scalars(people.visible_to(actor))} == sees


def test_a_withdrawn_person_sees_nobody(session, sun_li, li_wei, clock):
    roles.withdraw(session, sun_li, li_wei.id, at=clock.now)

    assert session.scalars(people.visible_to(li_wei)).all() == []


def test_agreeing_twice_keeps_the_first_time(session, wang_fang, clock):
    wang_fang.agreed_at = None
    consent.agree(session, wang_fang, at=clock.now)
    first = wang_fang.agreed_at
    consent.agree(session, wang_fang, at=clock.passes(days=1))

    assert wang_fang.agreed_at == first


def test_stopping_cancels_the_questions_not_sent_yet(session, li_wei, wang_fang, engineer, east_bearings, clock):
    visits.log(
        session,
        li_wei,
        customer=east_bearings,
        kind=VisitKind.ROUTINE,
        outcome=Outcome.GOOD,
        met=[engineer],
        at=clock.now,
    )
    asked = session.scalars(surveys.visible_to(wang_fang)).one()

    consent.stop(session, wang_fang, at=clock.now)

    session.refresh(asked)
    assert (asked.state, asked.suppressed_because) == (AskState.SUPPRESSED, "opted_out")
    consent.resume(session, wang_fang, at=clock.now)
    assert wang_fang.stopped_at is None


def test_stopping_takes_back_the_question_still_waiting_to_be_sent(
    session, li_wei, wang_fang, engineer, east_bearings, clock
):
    facts = {"customer": east_bearings, "kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD, "met": [engineer]}
    visits.log(session, li_wei, **facts, at=clock.now)
    asking.announce_due(session, now=clock.passes(minutes=11))

    consent.stop(session, wang_fang, at=clock.now)

    notice = session.scalars(select(Notice).where(Notice.to_id == wang_fang.id)).one()
    session.refresh(notice)
    assert notice.state is NoticeState.SUPPRESSED


def test_the_work_of_somebody_withdrawn_is_taken_over(session, chen_jing, li_wei, east_bearings, clock):
    complaint = filing.file(session, li_wei, customer=east_bearings, words="轴承异响", at=clock.now)
    reminder = reminders.plan(session, li_wei, customer=east_bearings, day=clock.now.date(), why="", at=clock.now)

    roles.withdraw(session, chen_jing, li_wei.id, at=clock.now)

    for row in (complaint, reminder, east_bearings):
        session.refresh(row)
    assert (complaint.owner, reminder.rep, east_bearings.owner) == (chen_jing, chen_jing, chen_jing)


def test_the_last_administrator_stays(session, sun_li, chen_jing, clock):
    second = joining.ensure_admin(session, 43, name="第二管理员", at=clock.now)
    roles.change_role(session, sun_li, second.id, role=Role.MANAGER, at=clock.now)
    roles.change_role(session, sun_li, second.id, role=Role.ADMIN, at=clock.now)
    roles.withdraw(session, second, sun_li.id, at=clock.now)

    with pytest.raises(roles.NotOneself):
        roles.withdraw(session, second, second.id, at=clock.now)
    with pytest.raises(NotAllowed):
        roles.change_role(session, chen_jing, second.id, role=Role.REP, at=clock.now)


def test_a_rep_manages_nobody(session, li_wei, zhao_min, clock):
    with pytest.raises(NotAllowed):
        roles.withdraw(session, li_wei, zhao_min.id, at=clock.now)


def test_a_customers_person_is_not_turned_into_staff_by_a_tap(session, chen_jing, wang_fang, clock):
    with pytest.raises(NotAllowed):
        roles.change_role(session, chen_jing, wang_fang.id, role=Role.REP, at=clock.now)


def test_a_customers_leaders_are_its_owners_teams_managers_and_those_of_no_team(
    session, east_bearings, chen_jing, sun_li, clock
):
    other = joining.invite(session, sun_li, role=Role.MANAGER, at=clock.now)[1]
    joining.accept(session, other, telegram_id=900, name="远方经理", language="en", at=clock.now)
    far = people.recognise(session, 900)

    assert list(people.leaders_of(session, east_bearings)) == [chen_jing, sun_li, far]
    far.withdrawn_at, chen_jing.telegram_id = clock.now, None
    session.flush()
    assert list(people.leaders_of(session, east_bearings)) == [sun_li]


def test_who_is_not_granted_to_see_a_customer_any_more_has_nothing_left_to_do_there(
    session, li_wei, east_bearings, clock
):
    far = joined(session, "何强", Role.REP, 1010, team_id=added(session, Team(name="西南组")).id)
    access.grant(session, li_wei, east_bearings.id, far.id, at=clock.now)
    day = {"day": date(2026, 3, 20), "at": clock.now}
    planned = reminders.plan(session, far, customer=east_bearings, **day)
    promised = pledges.make(session, far, customer=east_bearings, words="寄样品", **day)
    access.take(session, li_wei, east_bearings.id, far.id, at=clock.now)
    session.expire_all()
    assert planned.rep is li_wei
    assert promised.maker_id == li_wei.id


def test_somebody_unreachable_is_left_nothing_until_she_is_back(session, chen_jing, comes_in, clock):
    people.unreachable(session, chen_jing, reason="blocked", at=clock.now)
    comes_in(invited(session, chen_jing, clock)[1])
    assert session.scalar(select(func.count(Notice.id))) == 0

    people.reachable(session, chen_jing)
    comes_in(invited(session, chen_jing, clock)[1], telegram_id=779)
    assert session.scalar(select(func.count(Notice.id))) == 1


def test_the_audit_trail_holds_ids_and_no_words(session, chen_jing, comes_in, clock):
    comes_in(invited(session, chen_jing, clock)[1], name="不该出现的名字")

    trail = session.scalars(select(AuditEntry)).all()
    assert {entry.action for entry in trail} == {"invite.written", "person.joined", "invite.accepted"}
    assert not any("不该出现" in str(entry.facts) for entry in trail)


def test_of_two_fingers_on_one_link_one_comes_in(two_desks, clock):
    with two_desks() as session:
        inviter = joining.ensure_admin(session, 42, name="管理员", at=clock.now)
        _, token = joining.invite(session, inviter, role=Role.REP, at=clock.now)
    for finger, welcome in ((501, True), (502, False)):
        with two_desks() as session:
            facts = {"telegram_id": finger, "name": "谁", "language": "en", "at": clock.now + timedelta(seconds=finger)}
            if welcome:
                joining.accept(session, token, **facts)
                continue
            with pytest.raises(joining.InviteUnusable):
                joining.accept(session, token, **facts)

    with two_desks() as session:
        assert session.scalars(select(Person.telegram_id).order_by(Person.id)).all() == [42, 501]
        assert session.scalars(select(Invite.used_by_id)).one() is not None
