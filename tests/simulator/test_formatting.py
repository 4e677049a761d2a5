"""The HTML parser agrees with Telegram's, in what it accepts and in its complaints."""

import pytest

from simulator.formatting import as_html, parse_html, recognise, trim
from simulator.refusals import Refusal


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("", "", []),
        ("a > b", "a > b", []),
        ("&lt;&gt;&amp;&quot;&#39;&#x4e2d;", "<>&\"'中", []),
        ("&ge;&laquo;&#12345678; & co", "&ge;&laquo;&#12345678; & co", []),
        ("<b>b</b><strong>s</strong>", "bs", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i>i</i><em>e</em>", "ie", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>u</u><ins>n</ins>", "un", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", i, 1) for i in range(3)]),
        ("<code>x</code><pre>y</pre>", "xy", [("code", 0, 1), ("pre", 1, 1)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<tg-spoiler>x</tg-spoiler><span class="tg-spoiler">y</span>', "xy", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<B>big</B>", "big", [("bold", 0, 3)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<b></b>empty", "empty", []),
        ("🏟<b>🏟</b>", "🏟🏟", [("bold", 2, 2)]),
        ("回访<b>好</b>", "回访好", [("bold", 2, 1)]),
        ("<i>a</>", "a", [("italic", 0, 1)]),
        ('<a href="not an address">x</a>', "x", []),
    ],
)
def test_html_becomes_text_and_entities(source, text, entities):
    parsed, found = parse_html(source)

    assert parsed == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<x>", 'Unsupported start tag "x" at byte offset 0'),
        ("🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
        ("1 < 2>", 'Unsupported start tag "" at byte offset 2'),
        ("回<路径>", 'Unsupported start tag "路径" at byte offset 3'),
        ("🏟 🏟&lt;<abac", "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(source, complaint):
    with pytest.raises(Refusal) as refusal:
        parse_html(source)

    assert refusal.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_a_link_keeps_its_address():
    assert parse_html('<a href="https://t.me/x?start=a&amp;b">go</a>')[1][0]["url"] == "https://t.me/x?start=a&b"


def test_a_link_without_an_address_leads_to_its_words():
    assert parse_html("🏟 <a>a.cn/x</a>")[1][0]["url"] == "a.cn/x"


def test_a_link_to_a_person_is_a_mention():
    text, (entity,) = parse_html('<a href="tg://user?id=1001">李伟</a>')

    assert (entity["type"], entity["user"]["id"]) == ("text_mention", 1001)
    assert as_html(text, [entity]) == '<a href="tg://user?id=1001">李伟</a>'


def test_a_code_block_keeps_its_language():
    text, (entity,) = parse_html('<pre><code class="language-python">x = 1</code></pre>')

    assert (text, entity["type"], entity["language"]) == ("x = 1", "pre", "python")


def test_white_space_around_a_text_goes_and_its_entities_move_along():
    text, entities = trim(*parse_html("  <b> bold</b> \n"))

    assert (text, entities) == ("bold", [{"type": "bold", "offset": 0, "length": 4}])


@pytest.mark.parametrize("html", ["<b>a<i>中</i></b>🏟<code>x &lt; y</code>", '<a href="https://a.cn">x</a>'])
def test_entities_turn_back_into_the_same_html(html):
    assert as_html(*parse_html(html)) == html


def test_commands_links_mentions_and_hashtags_are_found_in_plain_text():
    found = recognise("🏟 /visit @huifang_bot https://a.cn/x， a@b.cn #回访 1/2")

    assert [(entity["type"], entity["offset"]) for entity in found] == [
        ("bot_command", 3), ("mention", 10), ("url", 23), ("email", 39), ("hashtag", 46),
    ]  # fmt: skip
