"""Days in words, measured by the table of phrases."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog import days, hours
from dialog.day_phrases import IN_SENTENCES as PHRASES
from dialog.days import When
from tests.dialog.phrases import CHINESE, ENGLISH, GONE_BY, IN_SENTENCES, NO_DAY, TODAY

ALL = CHINESE | ENGLISH


def test_the_table_is_long_enough():
    assert len(CHINESE) >= 60
    assert len(ALL) >= 90


@pytest.mark.parametrize("phrase", ALL)
def test_a_phrase_means_its_day_and_its_hour(phrase: str):
    assert days.parse_moment(phrase, TODAY) == When(*ALL[phrase])
    assert days.parse(phrase, TODAY) == ALL[phrase][0]


@pytest.mark.parametrize("phrase", GONE_BY)
def test_a_day_that_is_over_is_known_as_such(phrase: str):
    assert days.gone_by(phrase, TODAY) == GONE_BY[phrase]
    assert days.parse(phrase, TODAY) is None
    assert days.find(f"{phrase}来过", TODAY) is None


@pytest.mark.parametrize("phrase", [*ALL, "", "上线", "前台", "去年", "上周期", "9999个月前", "上个月31号"])
def test_no_other_day_is_taken_for_one_that_is_over(phrase: str):
    assert days.gone_by(phrase, TODAY) is None


@pytest.mark.parametrize("sentence", IN_SENTENCES)
def test_a_day_is_found_in_a_sentence(sentence: str):
    assert days.find(sentence, TODAY) == IN_SENTENCES[sentence]


@pytest.mark.parametrize("sentence", NO_DAY)
def test_numbers_that_are_no_days_are_not_found(sentence: str):
    assert days.find(sentence, TODAY) is None


@pytest.mark.parametrize(
    ("line", "when", "rest"),
    [
        ("下周三 谈备件", When(date(2026, 3, 18)), "谈备件"),
        ("下周三下午3点谈备件", When(date(2026, 3, 18), time(15)), "谈备件"),
        ("明天的下午，送样品", When(date(2026, 3, 11), time(14)), "送样品"),
        ("next Wed at 3pm Spare Parts", When(date(2026, 3, 18), time(15)), "Spare Parts"),
        ("谈备件 下周三", None, "谈备件 下周三"),
        ("3号线备件", None, "3号线备件"),
        ("", None, ""),
    ],
)
def test_a_line_may_begin_with_its_moment(line: str, when: When | None, rest: str):
    assert days.leading(line, TODAY) == (when, rest)


@pytest.mark.parametrize(
    "text", ["", "十十天后", "二月三十号", "13月1日", "25点", "下午99点", "0号", "明天吧也许", "999月底"]
)
def test_what_no_calendar_shows_is_not_understood(text: str):
    assert days.parse(text, TODAY) is None


LETTERS = "上去昨大年一二三十两半个号日天周月底初前后下本今明早晚点分0123456789 :年内nextwdin"


@given(st.text(LETTERS, max_size=12), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_nothing_typed_breaks_the_reader(text: str, today: date):
    days.parse_moment(text, today)
    before = days.gone_by(text, today)
    assert before is None or before < today
    found = days.find(text, today)
    assert found is None or found > today
    _when, rest = days.leading(text, today)
    assert rest in text or len(rest) < len(text)


@given(st.dates(date(2025, 1, 1), date(2027, 12, 1)))
def test_after_a_feast_people_work(today: date):
    after = days.parse("国庆节后", today)
    assert after is not None
    assert today <= after <= today + timedelta(380)


def test_an_hour_begins_where_it_is_looked_for():
    assert hours.at("3点一刻", 0) == (time(15, 15), 4)
    assert hours.at("中午11点半", 0) == (time(11, 30), 6)
    assert hours.at("报价", 0) is None


@given(st.text(alphabet="0123456789 .,/-:日月号周天年十三下底前后", max_size=12))
def test_a_sentence_without_letters_holds_no_english_day(text: str):
    english = [(pattern, reading) for pattern, reading in PHRASES if pattern.pattern.isascii()]
    assert len(english) > 20
    assert not any(pattern.search(text) for pattern, _reading in english)


def test_the_end_of_the_month_said_on_its_last_day_is_that_of_the_next_to_be_back_on():
    last = date(2026, 3, 31)

    assert days.find("谈了备件，月底回访", last) == date(2026, 4, 30)
    assert days.parse("月底", last) == last  # until when something is promised


@pytest.mark.parametrize("text", ["2月30号", "2月30日", "4月31号", "６月３１号"])
def test_a_day_no_calendar_shows_is_known_as_such(text: str):
    assert days.no_such_day(text)
    assert days.parse(text, TODAY) is None


@pytest.mark.parametrize("text", ["2月29号", "13月1号", "4月30号", "", "2月30号回访", "0月40号"])
def test_no_other_text_is_called_a_day_no_calendar_shows(text: str):
    assert not days.no_such_day(text)


@pytest.mark.parametrize(
    ("line", "when", "rest"),
    [
        ("4/15 谈备件", When(date(2026, 4, 15)), "谈备件"),
        ("4/15 下午3点 谈备件", When(date(2026, 4, 15), time(15)), "谈备件"),
        ("今晚8点半谈备件", When(TODAY, time(20, 30)), "谈备件"),
        ("今晚12点换班", When(date(2026, 3, 11), time(0)), "换班"),
        ("明晚吃饭", When(date(2026, 3, 11)), "吃饭"),
        ("3/4寸的管子", None, "3/4寸的管子"),
        ("13/45 谈", None, "13/45 谈"),
    ],
)
def test_what_a_line_begins_with_may_be_in_figures_or_cut_short(line: str, when: When | None, rest: str):
    assert days.leading(line, TODAY) == (when, rest)
