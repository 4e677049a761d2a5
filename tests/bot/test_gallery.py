"""The page of every screen, and the diagrams."""

from __future__ import annotations

from bot.crawl import Crawl, Fault, Manner, Sight, Step
from bot.diagrams import flowchart, state_diagram
from bot.gallery import page
from dialog.screen import Pressable, Rendered, Share
from models.complaint import Stage
from models.person import Role

KIND = Rendered(
    "<b>华东轴承</b>\n什么茶？", ((Pressable("绿茶 <1>", "2:green"), Pressable("网站", None, "https://x.org")),)
)
KIND_EN = Rendered(
    "<b>华东轴承</b>\nWhich tea?", share=Share.PLACE, share_label="📍 Share my place", picture=b"\x89PNG"
)


def test_a_screen_stands_in_both_languages_side_by_side_with_its_buttons():
    seen = Sight("tea", "kind", "a sticker", Role.REP, {"zh_CN": KIND, "en": KIND_EN}, {"zh_CN": "好", "en": None})
    html = page(Crawl(sights=[seen], faults={Fault("/cups/<0>", "NotFound"): None}), {"tea": "Serve tea"})

    assert html.index("什么茶？") < html.index("Which tea?")
    assert '<span title="2:green">绿茶 &lt;1&gt;</span>' in html
    assert "📍 Share my place" in html
    assert "data:image/png;base64,iVBORw==" in html
    assert '<div class="toast">好</div>' in html
    assert "/cups/&lt;0&gt;: NotFound" in html


def test_a_diagram_has_answers_on_its_arrows_and_dashes_to_what_may_come_later():
    diagram = flowchart(
        [
            Step("tea", "", "kind", Manner.WORDS),
            Step("tea", "", "note", Manner.GIVEN),
            Step("tea", "kind", "note", Manner.KEY, "Green"),
            Step("tea", "kind", "note", Manner.KEY, "Black"),
            Step("tea", "kind", "⏹ /cups", Manner.KEY, "None"),
            Step("tea", "note", "save", Manner.WORDS),
            Step("tea", "note", "save", Manner.SKIP),
            Step("tea", "save", "day", Manner.LATER),
        ]
    )

    assert diagram.splitlines()[1:] == [
        "    n0((( )))",
        '    n1["kind"]',
        '    n2["note"]',
        '    n3(["/cups"])',
        '    n4["save"]',
        '    n5["day"]',
        "    n0 --> n1",
        '    n0 -->|"the rest is known"| n2',
        '    n1 -->|"Green / Black"| n2',
        '    n1 -->|"None"| n3',
        "    n2 --> n4",
        "    n4 -.-> n5",
    ]


def test_the_stages_of_a_complaint_are_drawn_with_their_moves():
    diagram = state_diagram({stage: stage.value for stage in Stage})

    assert "    [*] --> received" in diagram
    assert "    resolved --> investigating" in diagram
    assert "    fed_back --> [*]" in diagram
