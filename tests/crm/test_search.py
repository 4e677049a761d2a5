"""Searching among many customers finds what it finds among few, and never another's."""

from functools import cache
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from sqlalchemy import insert, select

from benchmarks.firms import firms
from crm import access, customers, mentions, merging, search, spelling
from handlers.picking import MOST_WORDS
from models.customer import Contact, Customer
from tests.conftest import TUESDAY_MORNING, added, firm, same_book
from tests.crm.test_customers import visited

MANY = 3000
FEW = 120
LETTERS = "华东轴承泵业北方机械苏州有限公司abcdehgnouxz %_5"


@cache
def invented(how_many):
    return firms(how_many)


@pytest.fixture
def large(session, li_wei, zhao_min):
    """李伟 looks after 2,900 firms and 赵敏 after 100."""
    owners = [li_wei.id if number < MANY - 100 else zhao_min.id for number in range(MANY)]
    rows = [row | {"owner_id": owner} for row, owner in zip(invented(MANY), owners, strict=True)]
    session.execute(insert(Customer), rows)
    return session.scalars(select(Customer).where(Customer.owner_id == li_wei.id)).all()


@pytest.fixture
def small(session, li_wei):
    """李伟 looks after 120 firms."""
    session.execute(insert(Customer), [row | {"owner_id": li_wei.id} for row in invented(FEW)])
    return session.scalars(select(Customer).where(Customer.owner_id == li_wei.id)).all()


def test_what_a_customer_is_found_by_finds_it_however_many_there_are(session, li_wei, large):
    draw = Random(3)
    for customer in draw.sample(large, 60):
        key = draw.choice(customer.search_key.split())
        start = draw.randrange(max(len(key) - 5, 1))
        typed = key[start : start + draw.randint(2, 8)]

        found = search.customers(session, li_wei, typed, limit=search.HOLDING)

        assert customer in found or len(found) == search.HOLDING, typed
        assert all(typed in one.search_key for one in found)


@pytest.mark.parametrize("typed", ["有限公司", "苏州", "s", "gongsi"])
def test_when_many_are_meant_those_beginning_with_the_words_come_first(session, li_wei, large, typed):
    found = search.customers(session, li_wei, typed, limit=search.HOLDING)
    begin = [any(form.startswith(typed) for form in one.search_key.split()) for one in found]

    assert begin == sorted(begin, reverse=True)
    there = sum(any(form.startswith(typed) for form in one.search_key.split()) for one in large)
    assert sum(begin) == min(there, search.HOLDING)


@pytest.mark.parametrize("latin", [True, False])
def test_a_mistyped_name_is_found_among_many(session, li_wei, large, latin):
    draw, hits, tries = Random(7), 0, 0
    for customer in draw.sample([one for one in large if not one.name[0].isascii()], 60):
        typed = _mistyped(draw, customer, latin=latin)
        if any(typed in one.search_key for one in large):
            continue
        tries += 1
        best = max(_likeness(typed, one) for one in large)
        found = search.customers(session, li_wei, typed)
        hits += bool(found) and _likeness(typed, found[0]) == best

    assert tries > 40
    assert hits >= 0.9 * tries


@pytest.mark.parametrize(
    ("typed", "first"),
    [("huadnogzhoucheng", "华东轴承有限公司"), ("华东轴成", "华东轴承有限公司"), ("pmups ltd", "ABC Pumps Ltd")],
)
def test_a_well_known_name_is_found_in_spite_of_a_mistake(session, li_wei, large, typed, first):
    assert search.customers(session, li_wei, typed)[0].name == first


@same_book
@given(typed=st.text(LETTERS, max_size=12))
def test_a_small_book_gives_all_that_is_alike(session, li_wei, small, typed):
    """Told anew, without a thought for speed."""
    parts = spelling.fold(typed)[: spelling.LONGEST].split()
    if not parts:
        return
    joined = "".join(parts)
    meant = [one for one in small if all(part in one.search_key for part in parts)]
    if not meant:
        if any(_sounds_within(joined, one) for one in small) or mentions.named_in(session, li_wei, typed):
            return  # told by tests of their own
        pairs = {joined[at : at + 2] for at in range(max(len(joined) - 1, 1))}
        sharing = [one for one in small if any(pair in one.search_key for pair in pairs)]
        meant = [one for one in sharing if _likeness(joined, one) >= search.ALIKE]

    found = search.customers(session, li_wei, typed, limit=FEW)

    assert found == sorted(meant, key=lambda one: (-_likeness(joined, one), one.name, one.id))


@same_book
@example(words=["5dg"])
@given(words=st.lists(st.text(LETTERS.replace(" ", ""), min_size=1, max_size=6), min_size=1, max_size=MOST_WORDS))
def test_a_line_means_the_customer_whom_its_shortest_telling_beginning_leaves(session, li_wei, small, words):
    """Told anew: parts are contained, and only a longer word in letters may be mistyped."""
    beginnings = [" ".join(words[: count + 1]) for count in range(len(words))]

    meant, count = search.first_meant(session, li_wei, beginnings)

    for at, beginning in enumerate(beginnings):
        parts = spelling.parts_of(beginning)
        found = [one for one in small if all(part in one.search_key for part in parts)]
        if not found and beginning.isascii() and len(beginning) >= search.A_LONG_WORD:
            found = [one for one in small if _mistaken_for("".join(parts), one)]
        if len(found) == 1:
            assert (meant, count) == (found[0], at)
            return
        if not found:
            break
    assert meant is None


def test_a_name_in_full_is_meant_though_others_contain_it(session, li_wei):
    firm(session, "华东轴承配件厂", owner=li_wei)
    exact = firm(session, "华东轴承", owner=li_wei)

    assert search.first_meant(session, li_wei, ["华东轴承", "华东轴承 谈了备件"]) == (exact, 0)


def test_a_forged_line_finds_nothing_and_breaks_nothing(session, li_wei, east_bearings):
    assert search.first_meant(session, li_wei, ["\0", "\0 华东"]) == (None, 0)
    assert search.first_meant(session, li_wei, ["华东\0轴承"]) == (east_bearings, 0)
    assert search.first_meant(session, li_wei, []) == (None, 0)


def test_nobody_finds_anothers_customer_in_any_way(session, li_wei, zhao_min, large):
    draw = Random(5)
    for customer in draw.sample(large, 25):
        added(session, Contact(customer_id=customer.id, name="王芳芳", created_at=TUESDAY_MORNING))
        for typed in (customer.name, customer.search_key.split()[-1], _mistyped(draw, customer, latin=True), "有限"):
            found = search.customers(session, zhao_min, typed, limit=1000)
            assert {one.owner_id for one in found} <= {zhao_min.id}
        assert search.first_meant(session, zhao_min, [customer.name])[0] in {
            None,
            *search.customers(session, zhao_min, customer.name),
        }
    assert search.contacts(session, zhao_min, "王芳芳") == []
    assert len(search.contacts(session, li_wei, "王芳芳", limit=100)) == 25
    assert {one.owner_id for one in search.recent(session, zhao_min, limit=1000)} == {zhao_min.id}


def test_a_percent_sign_and_an_underscore_mean_themselves(session, li_wei, large):
    joint = firm(session, "Hanoi 50% Joint_Venture", owner=li_wei)
    firm(session, "Hanoi 50 JointxVenture", owner=li_wei)

    assert {one.name for one in search.customers(session, li_wei, "hanoi 50%j") if "Joint_" not in one.name} == set()
    assert joint in search.customers(session, li_wei, "hanoi50%joint_v")


def test_a_double_is_recognised_among_many(session, sun_li, large):
    draw = Random(9)
    for customer in draw.sample([one for one in large if len(spelling.core_of(one.name)) >= 7], 30):
        at = draw.randrange(1, len(spelling.core_of(customer.name)))
        longer = customer.name[:at] + "新" + customer.name[at:]

        assert customer in search.likely_duplicates(session, longer), longer


@pytest.mark.parametrize(
    "name", ["华冬轴承有限公司", "Huadong Zhoucheng Co., Ltd.", "HUADONGZHOUCHENG", "华东 轴承（集团）", "华东州城"]
)
@pytest.mark.parametrize("crowd", ["small", "large"])
def test_names_that_sound_the_same_are_likely_one_firm(request, session, sun_li, east_bearings, name, crowd):
    request.getfixturevalue(crowd)
    other = firm(session, name, owner=sun_li)

    assert other in search.likely_duplicates(session, east_bearings.name)
    assert east_bearings in search.likely_duplicates(session, name)
    assert other in merging.likely(session, sun_li, east_bearings.id)
    assert east_bearings in merging.likely(session, sun_li, other.id)


@pytest.mark.parametrize("name", ["华北轴承有限公司", "华东泵业有限公司", "Huadong Zhuangxiu Co., Ltd."])
def test_names_that_only_share_letters_are_not(session, sun_li, east_bearings, name):
    assert east_bearings not in search.likely_duplicates(session, name)


def test_firms_registered_under_one_number_are_likely_one_firm(session, sun_li, east_bearings, north_pumps):
    east_bearings.registration = north_pumps.registration = "91350100M000100Y43"
    session.flush()

    assert merging.likely(session, sun_li, east_bearings.id) == [north_pumps]


def test_a_short_name_is_recognised_among_many_that_begin_like_it(session, li_wei, large):
    short = firm(session, "苏州有限公司", owner=li_wei)

    assert search.likely_duplicates(session, "苏州") == [short]


def test_the_recent_ones_and_the_others_are_one_list(session, li_wei, large, clock):
    for customer in large[50:58]:
        visited(session, li_wei, customer, clock)

    whole = search.recent(session, li_wei, limit=40)
    pages = [one for page in range(8) for one in search.recent(session, li_wei, limit=5, offset=page * 5)]

    assert whole[:8] == list(reversed(large[50:58]))
    assert pages == whole
    assert [one.name for one in whole[8:]] == sorted(one.name for one in large if one not in whole[:8])[:32]


def test_a_merged_file_is_found_by_neither_search_and_its_name_finds_the_other(session, sun_li, li_wei, large, clock):
    east, north = (
        session.scalars(select(Customer).where(Customer.name.startswith(n))).first() for n in ("华东轴", "北方泵")
    )
    merging.merge(session, sun_li, east.id, north.id, versions=(1, 1), at=clock.now)

    assert search.customers(session, li_wei, "北方泵业") == [east]
    assert search.first_meant(session, li_wei, ["北方泵业"])[0] is east
    assert north not in search.customers(session, li_wei, "北方崩业", limit=100)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("138 0000 1234", "+86 138-0000-1234", True),
        ("021-6000 0000", "02160000000", True),
        ("12345", "12345", False),  # too few digits to mean anything
        ("", "", False),
        ("138 0000 1234", "138 0000 1235", False),
    ],
)
def test_firms_with_one_telephone_are_likely_one_firm(session, sun_li, east_bearings, north_pumps, one, other, same):
    added(session, Contact(customer_id=east_bearings.id, name="何强", phone=one, created_at=TUESDAY_MORNING))
    changed = added(session, Contact(customer_id=north_pumps.id, name="何强", created_at=TUESDAY_MORNING))
    changed.phone = other
    session.flush()

    assert merging.likely(session, sun_li, east_bearings.id) == ([north_pumps] if same else [])


def test_a_reps_customers_are_fetched_by_their_owner(session, li_wei, large):
    """SQLite once preferred the index of merged files, and fetched everybody's customers one by one."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan of SQLite")
    query = customers.visible_to(li_wei).where(Customer.search_key.contains("x"))
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = [row[-1] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]

    assert any("ix_customer_owner_id" in step for step in plan)
    assert not any("merged" in step for step in plan)


@pytest.mark.parametrize("many", [customers.MANY, 1])
def test_what_is_searched_is_what_may_be_seen(
    session, li_wei, zhao_min, chen_jing, sun_li, zhou_jie, large, monkeypatch, many
):
    monkeypatch.setattr(customers, "MANY", many)
    one_of_hers = session.scalars(select(Customer).where(Customer.owner_id == zhao_min.id).limit(1)).one()
    access.grant(session, zhao_min, one_of_hers.id, li_wei.id, at=TUESDAY_MORNING)

    for person in (li_wei, zhao_min, chen_jing, sun_li, zhou_jie):
        seen = session.scalars(customers.visible_to(person)).all()
        assert set(session.scalars(customers.looked_through(session, person))) == set(seen)


def _likeness(typed, customer):
    forms = [*customer.search_key.split(), spelling.core_of(customer.name)]
    return max(fuzz.partial_ratio(typed, form) - (not form.startswith(typed)) for form in forms)


def _sounds_within(typed, customer):
    said, name = spelling.sounds_of(typed), spelling.sounds_of(spelling.plain_of(customer.name))
    return any(name[at : at + len(said)] == said for at in range(len(name)))


def _mistaken_for(typed, customer):
    """The customer shares two letters with it, is like it, and so is as much of its name as was typed."""
    shared = any(typed[at : at + 2] in customer.search_key for at in range(len(typed) - 1))
    forms = [*customer.search_key.split(), spelling.core_of(customer.name)]
    as_long = any(fuzz.ratio(typed, form[: len(typed)]) >= search.ALIKE for form in forms)
    return shared and as_long and _likeness(typed, customer) >= search.ALIKE


def _mistyped(draw, customer, *, latin):
    """The name with two neighbours swapped, one left out, or one wrong."""
    core = spelling.core_of(customer.name)
    word = customer.search_key.split()[2][:12] if latin else core[:6]
    at = draw.randrange(1, len(word) - 1)
    wrong = draw.choice("qxvz" if latin else "崩成工")
    return draw.choice(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + wrong + word[at + 1 :],
        ]
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("青岛钢铁", "青岛博远钢铁集团有限公司"),
        ("杭州矿业", "杭州瑞丰矿业有限公司"),
        ("瑞峰", "杭州瑞丰矿业有限公司"),
        ("hua dong", "华东轴承有限公司"),
        ("Hua Dong", "华东轴承有限公司"),
        ("91330000ma2658543e", "杭州瑞丰矿业有限公司"),
    ],
)
def test_a_firm_is_found_by_what_people_make_of_its_name(session, li_wei, typed, name):
    for other in ("青岛博远钢铁集团有限公司", "杭州瑞丰矿业有限公司", "华东轴承有限公司", "华润东阳化工有限公司"):
        firm(session, other, owner=li_wei)
    session.scalars(select(Customer).where(Customer.name.contains("瑞丰"))).one().registration = "91330000MA2658543E"
    session.flush()

    assert [one.name for one in search.called(session, li_wei, typed)] == [name]


def test_a_firm_in_another_city_is_not_meant(session, li_wei):
    firm(session, "南通正阳铸造有限公司", owner=li_wei)

    assert search.called(session, li_wei, "包头正阳铸造有限公司") == []
    assert mentions.named_in(session, li_wei, "去包头正阳铸造谈付款") == []
    assert [one.customer.name for one in mentions.named_in(session, li_wei, "去正阳谈付款")] == ["南通正阳铸造有限公司"]


@pytest.mark.parametrize("typed", ["wangfang", "Wang Fang", "WANGFANG"])
def test_a_person_is_found_by_pinyin(session, li_wei, zhao_min, engineer, typed):
    assert search.namesakes(session, li_wei, typed) == [engineer]
    assert search.namesakes(session, zhao_min, typed) == []
    assert search.namesakes(session, li_wei, "lifang") == []


def test_a_firm_renamed_is_still_found_by_its_sound_in_a_sentence(session, li_wei):
    customer = firm(session, "杭州瑞丰矿业有限公司", owner=li_wei)
    customer.search_key = f"{customer.search_key} {spelling.key_of('西湖机械厂')}"
    session.flush()

    assert [one.customer for one in mentions.named_in(session, li_wei, "去杭州睿峰谈付款")] == [customer]
