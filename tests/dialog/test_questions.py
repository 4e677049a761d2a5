"""Each kind of question: what it takes for an answer, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from dialog.events import Event, File, Message, Spot, Tap
from dialog.question import Answer, Gone, Here, Question, Refusal
from dialog.questions import Money, Number, Scale, SharePlace, YesNo
from dialog.talk import Talk
from dialog.words import Label
from models.attachment import FileKind
from tests.chatter import Chatter

Ask = Callable[[Question, Event], object]


@pytest.fixture
def ask(olga: Chatter) -> Ask:
    """What a question makes of an event; an answer is frozen and thawed on the way, as in a conversation."""
    talk = Talk(olga.house, olga.session, olga.person, olga.now())

    def asked(question: Question, event: Event) -> object:
        heard = question.hear(Here(talk, "tea", Label("Tea")), event)
        if isinstance(heard, Answer):
            return question.thaw(talk, question.freeze(heard.value))
        assert isinstance(heard, Refusal)
        assert talk.say(heard.words)
        return Refusal

    return asked


def said(text: str) -> Message:
    return Message(1, text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12", 12),
        (" 1,200 ", 1200),
        ("３", 3),  # full-width, as Chinese keyboards write it
        ("2千", 2000),
        ("0", 0),
        ("-1", Refusal),
        ("1.5", Refusal),
        ("twelve", Refusal),
        ("99999999999", Refusal),
        ("NaN", Refusal),
        ("", Refusal),
    ],
)
def test_a_whole_number_is_read_as_people_write_it(ask: Ask, typed: str, meant: object):
    assert ask(Number("pieces"), said(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1280.50", Decimal("1280.50")),
        ("¥1,280", Decimal(1280)),
        ("3.5万", Decimal(35000)),
        ("2k", Decimal(2000)),
        ("1.2亿", Decimal(120_000_000)),
        ("88元", Decimal(88)),
        ("0.001", Refusal),
        ("-5", Refusal),
        ("Infinity", Refusal),
        ("很多", Refusal),
    ],
)
def test_money_is_exact_to_the_fen(ask: Ask, typed: str, meant: object):
    assert ask(Money("value"), said(typed)) == meant


@pytest.mark.parametrize(("low", "high"), [(1, 5), (0, 10)])
def test_a_scale_takes_its_numbers_and_no_others(ask: Ask, low: int, high: int):
    scale = Scale("score", low=low, high=high)

    assert [ask(scale, Tap(str(number), 1)) for number in range(low, high + 1)] == list(range(low, high + 1))
    assert ask(scale, said(str(high))) == high
    assert ask(scale, Tap(str(high + 1), 1)) is Refusal
    assert ask(scale, said("5 stars")) is Refusal


@pytest.mark.parametrize(
    ("event", "meant"),
    [(Tap("yes", 1), True), (Tap("no", 1), False), (said("Yes"), True), (said("maybe"), Refusal), (said(""), Refusal)],
)
def test_yes_or_no_is_tapped_or_typed(ask: Ask, event: Event, meant: object):
    assert ask(YesNo("sure"), event) == meant


def test_a_place_is_kept_no_closer_than_a_hundred_metres(ask: Ask):
    assert ask(SharePlace("where"), Message(1, spot=Spot(31.230416, 121.473701))) == Spot(31.23, 121.474)
    assert ask(SharePlace("where"), said("上海")) is Refusal


@pytest.mark.parametrize("forged", ["abc", "NaN", "1e9999", "-1", "0.001", ""])
def test_an_amount_in_a_forged_address_is_asked_again(olga: Chatter, forged: str):
    with pytest.raises(Gone):
        Money("value").thaw(Talk(olga.house, olga.session, olga.person, olga.now()), forged)


@pytest.mark.parametrize("question", [Number("n"), Money("m"), Scale("s"), YesNo("y"), SharePlace("p")])
def test_a_photo_is_refused_with_what_would_be_right(ask: Ask, question: Question):
    photo = Message(1, file=File(FileKind.PHOTO, "f", "u"))
    assert ask(question, photo) is Refusal
