"""Customers are found by a few letters, kept without doubles, and missed when nobody comes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from crm import cadence, customers, search, spelling, visits
from models.customer import Grade, Industry, Region
from models.person import Role
from models.problem import NotAllowed, NotFound
from models.visit import Outcome, VisitKind
from tests.conftest import TUESDAY_MORNING, firm

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=20)


@pytest.fixture
def many(session, li_wei):
    """A few more customers of 李伟."""
    names = ["上海精密轴承有限公司", "宁波海天泵业", "重庆控制柜厂", "ABC Pumps Ltd", "杭州ABB代理商"]
    return [firm(session, name, owner=li_wei, grade=Grade.C) for name in names]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("华东轴承", "华东轴承有限公司"),
        ("华东 轴承", "华东轴承有限公司"),
        ("hdzc", "华东轴承有限公司"),
        ("HDZC", "华东轴承有限公司"),
        ("ｈｄｚｃ", "华东轴承有限公司"),  # typed at full width
        ("huadong", "华东轴承有限公司"),
        ("hua dong", "华东轴承有限公司"),
        ("huadnog", "华东轴承有限公司"),  # two letters the wrong way round
        ("华东轴成", "华东轴承有限公司"),  # one character wrong
        ("华东轴承 谈了3号线备件 下周三报价", "华东轴承有限公司"),  # a whole sentence about it
        ("chongqing", "重庆控制柜厂"),
        ("abc", "ABC Pumps Ltd"),
        ("pmups", "ABC Pumps Ltd"),
    ],
)
def test_a_customer_is_found_by_what_a_thumb_types(session, li_wei, east_bearings, many, typed, first):
    assert [customer.name for customer in search.customers(session, li_wei, typed)][:1] == [first]


def test_nothing_is_found_by_nonsense_and_a_percent_sign_is_no_joker(session, li_wei, east_bearings, many):
    assert search.customers(session, li_wei, "xqwvk") == []
    assert search.customers(session, li_wei, "%") == []


def test_a_very_long_text_is_searched_for_too(session, li_wei, east_bearings, many):
    assert search.customers(session, li_wei, "华东轴承" + "啊" * 4000) == [east_bearings]
    assert search.likely_duplicates(session, "啊" * 4000) == []


def test_search_is_turned_page_by_page(session, li_wei, east_bearings, many):
    first = search.customers(session, li_wei, "zc", limit=1)
    second = search.customers(session, li_wei, "zc", limit=1, offset=1)

    assert {first[0].name, second[0].name} == {"华东轴承有限公司", "上海精密轴承有限公司"}


def test_without_words_the_customers_of_late_come_first(session, li_wei, east_bearings, many, clock):
    visited(session, li_wei, many[2], clock)
    visited(session, li_wei, many[0], clock)

    assert search.customers(session, li_wei, "  ")[:2] == [many[0], many[2]]


@given(HAN)
def test_every_name_is_found_by_its_initials_and_its_pinyin(name):
    key = spelling.key_of(name)

    assert "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)) in key
    assert "".join(lazy_pinyin(name)) in key
    assert name in key


@given(st.text(max_size=120))
def test_a_search_key_fits_its_column(name):
    assert len(spelling.key_of(name)) <= spelling.KEY_LENGTH


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("li_wei", {"华东轴承有限公司"}),
        ("zhao_min", {"北方泵业股份有限公司"}),
        ("chen_jing", {"华东轴承有限公司", "北方泵业股份有限公司"}),
        ("sun_li", {"华东轴承有限公司", "北方泵业股份有限公司"}),
        ("wang_fang", {"华东轴承有限公司"}),
    ],
)
def test_who_sees_which_customers(request, session, east_bearings, north_pumps, who, sees):
    actor = request.getfixturevalue(who)

    assert {customer.name for customer in session.scalars(customers.visible_to(actor))} == sees


def test_anothers_customer_is_not_found_rather_than_forbidden(session, li_wei, north_pumps, zhou_jie):
    with pytest.raises(NotFound):
        customers.find(session, li_wei, north_pumps.id)
    with pytest.raises(NotFound):
        customers.find_contact(session, li_wei, zhou_jie.contact_id)


def test_a_new_customer_is_found_at_once_and_belongs_to_who_added_it(session, li_wei, clock):
    facts = {"grade": Grade.B, "industry": Industry.FOOD, "region": Region.SOUTH, "at": clock.now}
    added = customers.add(session, li_wei, name=" 广州食品机械 ", **facts)

    assert (added.name, added.owner) == ("广州食品机械", li_wei)
    assert search.customers(session, li_wei, "gzspjx") == [added]


@pytest.mark.parametrize("name", ["", "   ", "长" * 121])
def test_a_name_that_does_not_fit_is_refused(session, li_wei, clock, name):
    facts = {"grade": Grade.B, "industry": Industry.FOOD, "region": Region.SOUTH, "at": clock.now}

    with pytest.raises(customers.NameUnfit):
        customers.add(session, li_wei, name=name, **facts)


def test_a_customers_person_changes_no_file(session, wang_fang, east_bearings, clock):
    with pytest.raises(NotAllowed):
        customers.set_grade(session, wang_fang, east_bearings.id, grade=Grade.C, at=clock.now)
    with pytest.raises(NotAllowed):
        customers.add_contact(session, wang_fang, customer=east_bearings, name="新人", at=clock.now)


def test_a_new_contact_stands_in_the_file(session, li_wei, east_bearings, engineer, clock):
    assert east_bearings.contacts == [engineer]

    added = customers.add_contact(session, li_wei, customer=east_bearings, name="何强", position="采购", at=clock.now)

    assert east_bearings.contacts == [engineer, added]
    assert customers.find_contact(session, li_wei, added.id) is added


def test_a_grade_is_changed_once(session, chen_jing, east_bearings, clock):
    customers.set_grade(session, chen_jing, east_bearings.id, grade=Grade.B, at=clock.now)
    customers.set_grade(session, chen_jing, east_bearings.id, grade=Grade.B, at=clock.now)

    assert (east_bearings.grade, east_bearings.version) == (Grade.B, 2)


@pytest.mark.parametrize(
    "name", ["华东轴承", "华东轴承有限责任公司", "华东轴承（集团）股份有限公司", "华东 轴承有限公司"]
)
def test_a_firm_on_file_is_recognised_under_a_similar_name(session, east_bearings, name):
    assert search.likely_duplicates(session, name) == [east_bearings]


@pytest.mark.parametrize("name", ["华北轴承配件", "西部泵业有限公司", "有限公司", ""])
def test_a_different_firm_is_no_double(session, east_bearings, name):
    assert search.likely_duplicates(session, name) == []


@pytest.mark.parametrize(
    ("grade", "days", "over"),
    [
        (Grade.A, 30, None),  # on the day itself nobody is late
        (Grade.A, 31, 1),
        (Grade.B, 90, None),
        (Grade.B, 95, 5),
        (Grade.C, 365, None),
        (Grade.C, 366, 1),
    ],
)
def test_how_long_a_customer_may_wait_for_a_visit(session, li_wei, clock, grade, days, over):
    customer = firm(session, "某厂", owner=li_wei, grade=grade)
    customer.created_at = TUESDAY_MORNING - timedelta(days=500)
    clock.passes(days=-days)
    visited(session, li_wei, customer, clock)
    clock.passes(days=days)

    late = cadence.overdue(session, li_wei, now=clock.now)

    assert [(row[0], row[2]) for row in late] == ([(customer, over)] if over else [])


def test_a_customer_never_visited_waits_since_it_was_added(session, li_wei, east_bearings, clock):
    east_bearings.created_at = clock.now - timedelta(days=40)
    session.flush()

    assert cadence.overdue(session, li_wei, now=clock.now) == [(east_bearings, None, 10)]


@pytest.mark.parametrize(("kind", "outcome"), [(VisitKind.CALL, Outcome.GOOD), (VisitKind.ROUTINE, Outcome.NOBODY)])
def test_a_call_and_a_closed_door_are_not_visits(session, li_wei, east_bearings, clock, kind, outcome):
    east_bearings.created_at = clock.now - timedelta(days=40)
    visits.log(session, li_wei, customer=east_bearings, kind=kind, outcome=outcome, at=clock.now)

    assert len(cadence.overdue(session, li_wei, now=clock.now)) == 1
    assert cadence.last_visits(session, [east_bearings]) == {}


def test_key_customers_come_first_and_then_who_waits_longest(session, li_wei, clock):
    waits = [("丙厂", Grade.C, 900), ("乙厂", Grade.A, 40), ("甲厂", Grade.A, 60), ("丁厂", Grade.A, 20)]
    for name, grade, days in waits:
        firm(session, name, owner=li_wei, grade=grade).created_at = clock.now - timedelta(days=days)
    session.flush()

    late = cadence.overdue(session, li_wei, now=clock.now)

    assert [customer.name for customer, _last, _over in late] == ["甲厂", "乙厂", "丙厂"]
    assert [row[0].name for row in cadence.overdue(session, li_wei, now=clock.now, grade=Grade.C)] == ["丙厂"]
    assert [row[0].name for row in cadence.overdue(session, li_wei, now=clock.now, limit=1, offset=1)] == ["乙厂"]


def test_a_withdrawn_rep_sees_no_customers(session, li_wei, east_bearings, clock):
    li_wei.withdrawn_at = clock.now

    assert session.scalars(customers.visible_to(li_wei)).all() == []
    assert li_wei.role is Role.REP


def visited(session, rep, customer, clock):
    clock.passes(seconds=1)
    visits.log(session, rep, customer=customer, kind=VisitKind.ROUTINE, outcome=Outcome.GOOD, at=clock.now)
