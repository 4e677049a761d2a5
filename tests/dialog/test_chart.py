"""Charts look right on any machine: their size, their font, their words."""

import json
import os
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from dialog import chart, lettering

REGIONS = [("华东区", 96.4), ("华南区", 88), ("西北区（新设）", None), ("东北区", 0)]
QUARTERS = [("上季度", [6.5, 9.2]), ("本季度", [5.1, None])]
MONTHS = [("1月", 82), ("2月", 85.5), ("3月", None), ("4月", 88)]

WORDS_OF_A_CHART = [
    "江苏恒力精密轴承股份有限公司",
    "宁波东海泵业",
    "赵喆、张堃、李珺、陶镕、王昇、尹翀、汪玥",
    "深圳市宝安区西乡街道黄田塱",
    "客户满意度 ≥ 90%，较上期 ↑ 3.2 ± 1.1",
    "已登记 · 已受理 · 调查中 · 已解决 · 已结案",
    "¥1,200 – €35（含税）℃ ㎡ № × ÷ ≈ → …",
    "Schaeffler Technologies AG & Co. KG, Größe Ø 40, façade",
]


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


@pytest.mark.parametrize(
    ("draw", "height"),
    [
        (lambda: chart.bars("回访达成率", REGIONS, unit="%"), 476),
        (
            lambda: chart.bars(
                "回访达成率", REGIONS, unit="%", subtitle="第三季度", target=("目标", 90), marked=["华南区"]
            ),
            570,
        ),
        (lambda: chart.bars("净推荐值", [("轴承", 45), ("备件", -40)]), 324),
        (lambda: chart.grouped_bars("处理时长", ["一般", "重大"], QUARTERS, unit=" 天"), 443),
        (lambda: chart.line("满意度", MONTHS, unit="%", target=("目标", 90)), 897),
        (lambda: chart.line("满意度", [("1月", 3)]), 850),
        (lambda: chart.bars("本周投诉", [], empty="本周没有收到投诉。"), 248),
    ],
)
def test_a_picture_is_as_wide_as_a_phone_shows_and_as_high_as_its_rows(draw, height):
    assert size(draw()) == (1200, pytest.approx(height, abs=30))


@pytest.mark.parametrize("empty", ["没有数据", ""])
def test_without_data_every_chart_says_so_in_the_callers_words(empty):
    blank = chart.bars("标题", [], empty=empty)

    assert chart.grouped_bars("标题", [], QUARTERS[:0], empty=empty) == blank
    assert chart.grouped_bars("标题", ["一般"], [], empty=empty) == blank
    assert chart.line("标题", [], empty=empty) == blank
    assert chart.line("标题", [("1月", None)], empty=empty) == blank
    assert chart.bars("标题", [], empty="别的话") != blank


@pytest.mark.parametrize("words", WORDS_OF_A_CHART)
def test_the_font_has_every_character_a_customer_may_be_called(words):
    assert lettering.drawable(words) == words


def test_the_font_has_all_of_gb2312():
    everything = bytes(byte for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF) for byte in (row, cell))
    hanzi = everything.decode("gb2312", "ignore")

    assert len(hanzi) == 6763
    assert lettering.drawable(hanzi) == hanzi


@pytest.mark.parametrize(
    ("given", "drawn"),
    [
        ("好评🙂", "好评〓"),
        ("龘龘", "〓〓"),  # a character the font lacks
        ("e\u0301tude", "étude"),  # an accent apart from its letter
        ("\u202e轴承\u200b\ufe0f\x00", "轴承"),  # what turns text around, and what is not seen
        ("甲\t乙", "甲 乙"),
    ],
)
def test_a_character_that_cannot_be_drawn_is_a_mark_and_not_a_warning(given, drawn):
    assert lettering.drawable(given) == drawn
    assert chart.bars(given, [(given, 1)], unit=given)


def test_dollar_signs_are_not_a_formula():
    assert chart.bars("$5 – $7", [("$x_1$", 1), (r"$\frac", 2)], unit="$", target=("$a$", 1))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (-0.04, "0"),
        (1.25, "1.3"),
        (-12.5, "−12.5"),
        (90.0, "90"),
        (1234567, "1,234,567"),
        (None, "–"),
    ],
)
def test_a_number_is_written_as_people_write_it(value, words):
    assert lettering.number(value, "") == words


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match="cannot be drawn"):
        chart.bars("标题", [("甲", value)])
    with pytest.raises(ValueError, match="cannot be drawn"):
        chart.line("标题", [("甲", value)])


def test_series_that_do_not_fit_the_groups_are_refused():
    with pytest.raises(ValueError, match="argument"):
        chart.grouped_bars("标题", ["一般"], [("上季度", [1, 2])])
    with pytest.raises(ValueError, match="6 series"):
        chart.grouped_bars("标题", ["一般"], [(f"第{n}", [n]) for n in range(6)])


def test_long_words_are_broken_and_then_cut():
    lines = lettering.broken("江苏恒力精密轴承股份有限公司无锡滨湖区华庄街道第二分公司售后服务部", 34, 420, 2)

    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(lettering.width_of(line, 34) <= 420 for line in lines)
    assert lettering.broken("Schaeffler Technologies AG", 34, 300, 2) == ["Schaeffler", "Technologies AG"]
    assert lettering.cut("W" * 80, 34, 420).endswith("W…")


def test_a_long_curve_shows_its_extremes_and_its_end():
    points = [(f"第 {week} 周", value) for week, value in enumerate([5, 6, 9, 8, 7, 3, 4, 5, 6, 7])]

    assert chart._spoken(points) == [(2, 9, -44), (5, 3, 44), (9, 7, -44)]


def test_a_valley_shows_its_value_below_and_a_plain_above():
    assert [aside for _, _, aside in chart._spoken([("1月", 3), ("2月", 2), ("3月", 2), ("4月", 4)])] == [
        -44,
        44,
        44,
        -44,
    ]
    assert [aside for _, _, aside in chart._spoken([("1月", 2), ("2月", 2)])] == [-44, -44]


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ([3, 9, 2], [0, 5, 10]),  # half a complaint is no step
        ([82, 91, 79.5], [75, 80, 85, 90, 95]),
        ([-20, 40], [-20, 0, 20, 40]),
        ([98.2, 98.3], [98, 98.5, 99]),  # a step can be written with one decimal
        ([100, 97], [97, 98, 99, 100]),
        ([0], [0, 1]),
        ([-5], [-6, -4, -2, 0]),
    ],
)
def test_the_steps_enclose_the_values_and_are_round(values, steps):
    assert chart._round_steps(values) == pytest.approx(steps)


def test_any_thread_may_draw():
    alone = chart.bars("回访达成率", REGIONS, unit="%")

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: chart.bars("回访达成率", REGIONS, unit="%"), range(12)))

    assert set(together) == {alone}


BARE_MACHINE = """
import sys
import dialog.chart as chart

lazy = "matplotlib" not in sys.modules
chart.line("预热", [("1月", 1)])
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import threading
drawer = threading.Thread(target=chart.bars, args=("回访达成率", [("华东区", 96.4), ("🙂", None)]))
drawer.start()
drawer.join()
import json
fonts = [path for path in opened if path.endswith((".ttf", ".otf", ".ttc"))]
print(json.dumps({"lazy": lazy, "pyplot": "matplotlib.pyplot" in sys.modules, "fonts": fonts}))
"""


def test_the_picture_takes_no_font_and_no_setting_from_the_machine(tmp_path):
    """A font is opened once a thread, so a second thread shows which."""
    (tmp_path / "matplotlibrc").write_text("font.family: serif\nsavefig.bbox: tight\nfigure.autolayout: True\n")
    environment = {**os.environ, "MPLCONFIGDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}

    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", BARE_MACHINE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    facts = json.loads(told.stdout)
    of_the_machine = [font for font in facts["fonts"] if "matplotlib" not in font]
    assert of_the_machine == [lettering.FONT]
    assert facts["lazy"]
    assert not facts["pyplot"]
