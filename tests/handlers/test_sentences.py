"""What people dictate: the customer is found wherever it is named, and nothing but its name is left out."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from crm import mentions, search, spelling
from dialog.talk import Talk
from handlers.picking import looked_for
from models.customer import Contact
from models.person import Person
from tests.conftest import TUESDAY_MORNING, added, firm, same_book

HERS = (
    *(
        "合肥中泰机械股份有限公司",
        "厦门鑫泰铸造有限公司",
        "无锡瑞丰水泥有限公司",
        "华东轴承有限公司",
        "杭州恒力电机有限公司",
    ),
    *(
        "青岛博远钢铁集团有限公司",
        "石家庄永固化工有限公司",
        "苏州恒力机床有限公司",
        "南通海川精细化工有限公司",
        "远大阀门厂",
    ),
    *("Hanoi Cement Co., Ltd.", "ABC Pumps Ltd", "Siemens Energy GmbH"),
)
ANOTHERS = "宁波金鼎食品有限公司"
SEVERAL = "several"
NONE = ""
ALL = None
"""The whole sentence is the note."""


class Speaker:
    """Somebody with a session: all that looking for a name needs of a talk."""

    def __init__(self, session: Session, person: Person) -> None:
        self.session = session
        self.person = person
        self.looked_for: dict[str, object] = {}

    def means(self, line: str) -> tuple[str, str]:
        customer, _words, rest = looked_for(cast("Talk", self), line)
        if customer is None and mentions.named_in(self.session, self.person, line):
            return SEVERAL, line
        return customer.name if customer else NONE, rest if customer else line


@pytest.fixture
def speaker(session: Session, li_wei: Person, zhao_min: Person) -> Speaker:
    """李伟, with her book."""
    for name in HERS:
        customer = firm(session, name, owner=li_wei)
        if name.startswith("青岛"):
            added(session, Contact(customer_id=customer.id, name="王建国", created_at=TUESDAY_MORNING))
            added(session, Contact(customer_id=customer.id, name="Peter Schmidt", created_at=TUESDAY_MORNING))
    firm(session, ANOTHERS, owner=zhao_min)
    return Speaker(session, li_wei)


@pytest.mark.parametrize(
    ("said", "customer", "note"),
    [
        # Somewhere in it, as it is dictated.
        ("昨天去合肥中泰谈付款", "合肥中泰", ALL),
        ("去合肥中泰谈付款", "合肥中泰", ALL),
        ("刚从合肥中泰出来，李总说付款要等到下个月15号", "合肥中泰", ALL),
        ("下午见了合肥中泰的李总", "合肥中泰", ALL),
        ("合肥中泰今天谈付款", "合肥中泰", ALL),
        ("给厦门鑫泰发了报价邮件", "厦门鑫泰", ALL),
        ("在合肥中泰，谈付款", "合肥中泰", ALL),
        ("昨天下午三点到石家庄永固看了3号线的化工泵", "石家庄永固", ALL),
        ("打电话给杭州恒力的张工确认了6308轴承20套", "杭州恒力", ALL),
        ("今天一共跑了两个车间在青岛博远待到五点半", "青岛博远", ALL),
        ("老张今天不在青岛博远改天再约", "青岛博远", ALL),
        ("陪王总去了一趟南通海川看新车间", "南通海川", ALL),
        ("把样本寄给苏州恒力了", "苏州恒力", ALL),
        ("约好下周三去华东轴承验收", "华东轴承", ALL),
        ("周五前要把报价发给厦门鑫泰王工", "厦门鑫泰", ALL),
        # In front, followed by words without a blank.
        ("无锡瑞丰的王总打电话来说泵又漏了，要求明天必须到现场，不然停线索赔", "无锡瑞丰", ALL),
        ("无锡瑞丰老张说泵漏了三天没人管，月底前要是不换就停用", "无锡瑞丰", ALL),
        ("无锡瑞丰的王总今天不在，约下周三再去", "无锡瑞丰", ALL),
        ("华东轴承的王工回复了报价", "华东轴承", ALL),
        ("华东轴承谈了3号线备件", "华东轴承", ALL),
        ("合肥中泰付款慢", "合肥中泰", ALL),
        ("华东轴承有限公司王工说3号线停了", "华东轴承", ALL),
        ("远大阀门厂李工要20台", "远大阀门厂", ALL),
        # In front, and apart from the words: that is a name and no more.
        ("华东轴承 谈了备件 下周三报价", "华东轴承", "谈了备件 下周三报价"),
        ("无锡瑞丰，讨论付款", "无锡瑞丰", "讨论付款"),
        ("无锡瑞丰：讨论付款", "无锡瑞丰", "讨论付款"),
        ("无锡瑞丰水泥有限公司，讨论付款，下周三再谈", "无锡瑞丰", "讨论付款，下周三再谈"),
        ("华东轴承有限公司 3月5号到货", "华东轴承", "3月5号到货"),
        ("华东轴承\n谈了备件", "华东轴承", "谈了备件"),
        ("华东 轴承 谈了备件", "华东轴承", "谈了备件"),
        ("hdzc 谈了备件", "华东轴承", "谈了备件"),
        ("huadongzhoucheng 谈了备件", "华东轴承", "谈了备件"),
        ("ＨＤＺＣ 谈了备件", "华东轴承", "谈了备件"),
        ("博远，付款要等到下个月15号", "青岛博远", "付款要等到下个月15号"),
        # The brand without the place, if there is one of it.
        ("昨天去中泰谈付款", "合肥中泰", ALL),
        ("鑫泰的李总说要降价3个点", "厦门鑫泰", ALL),
        ("从瑞丰回来了", "无锡瑞丰", ALL),
        ("去了恒力，两家恒力都在", SEVERAL, ALL),
        ("恒力的张工回了电话", SEVERAL, ALL),
        # As it sounds: tones, n and l, zh and z, ng and n.
        ("昨天去合肥中太谈付款", "合肥中泰", ALL),
        ("华冬轴承的王工说噪音大", "华东轴承", ALL),
        ("华东周承 谈了备件", "华东轴承", ALL),
        ("无锡睿峰的泵又漏了", "无锡瑞丰", ALL),
        ("昨天到夏门新泰送样品", "厦门鑫泰", ALL),
        ("兰通海川要20套", "南通海川", ALL),
        # Two firms, or one that is not in the book.
        ("刚从合肥中泰出来，下午去厦门鑫泰", SEVERAL, ALL),
        ("合肥中泰和无锡瑞丰都要降价", SEVERAL, ALL),
        ("hdzc 说无锡瑞丰也在用我们的泵", SEVERAL, ALL),
        ("今天去了嘉兴锐驰谈合作", NONE, ALL),
        ("昨天去宁波金鼎谈付款", NONE, ALL),
        ("昨天开会没什么事", NONE, ALL),
        ("今天见了王工，说3号线轴承声音大", NONE, ALL),
        ("去合肥出差", NONE, ALL),
        ("换了20套轴承，机械密封也换了", NONE, ALL),
        ("😀", NONE, ALL),
        ("13812345678", NONE, ALL),
        ("有限公司", NONE, ALL),
        # Somebody there.
        ("和王建国通了电话，他说下周付款", "青岛博远", ALL),
        ("Peter Schmidt wants a quote", "青岛博远", ALL),
        ("无锡瑞丰的王建国来了电话", "无锡瑞丰", ALL),
        # In English.
        ("ABC Pumps wants 3 bearings", "ABC Pumps", "wants 3 bearings"),
        ("visited ABC Pumps today, they want 3 bearings", "ABC Pumps", ALL),
        ("sent the quote to Siemens this morning", "Siemens", ALL),
        ("Met Mr. Li at Hanoi Cement, payment next Friday", "Hanoi Cement", ALL),
        ("just out of hanoi cement, they pay on the 15th", "Hanoi Cement", ALL),
        ("flew to Hanoi", NONE, ALL),
        ("abc pumps ltd, talked about payment", "ABC Pumps", "talked about payment"),
        ("called ABC about the pumps", "ABC Pumps", ALL),
        ("from ABC Pumps to Siemens Energy", SEVERAL, ALL),
        ("the abcde is broken", NONE, ALL),
        ("去ABC Pumps谈付款", "ABC Pumps", ALL),
    ],
)
def test_the_customer_is_found_and_what_was_said_is_kept(speaker: Speaker, said: str, customer: str, note: str | None):
    found, rest = speaker.means(said)

    assert found == customer or (customer and found.startswith(customer))
    assert rest == (said if note is None else note)


@pytest.mark.parametrize("words", ["合肥中泰", "中泰机械", "hfzt", "合肥中太", "hefei zhongtai"])
def test_a_bare_name_is_a_name(speaker: Speaker, words: str):
    assert [one.name for one in search.called(speaker.session, speaker.person, words)] == [HERS[0]]


@pytest.mark.parametrize(
    "words",
    ["无锡瑞丰，讨论付款", "合肥中泰付款慢", "华东轴承停了", "华东轴承好了", "中泰要货", "谈了备件", "好的谢谢"],
)
def test_a_name_with_more_words_is_no_bare_name(speaker: Speaker, words: str):
    assert search.called(speaker.session, speaker.person, words) == []


@pytest.mark.parametrize(
    "words", ["海天塑机", "宁波海天", "远大", "3M中国", "新和成股份", "Acme Tools", "Acme Co., Ltd."]
)
def test_what_may_be_a_firm_can_be_added(words: str):
    assert spelling.may_be_a_firm(words)


@pytest.mark.parametrize(
    "words",
    [
        "😀",
        "13812345678",
        "V03009",
        "昨天去合肥中泰，李总说付款要等到下个月15号",
        "刚从海天出来",
        "他说要降价",
        "visited them today",
    ],
)
def test_what_cannot_be_a_firm_is_not_offered_as_one(words: str):
    assert not spelling.may_be_a_firm(words)


around = st.text(st.sampled_from("今天去谈了付款的王总说3号线泵漏 ，。、abc😀<b>&\u3000\n轴承有限公司"), max_size=15)


@same_book
@given(name=st.sampled_from([*HERS, "合肥中泰", "无锡瑞丰", "hdzc", "中泰", "华冬轴承"]), before=around, after=around)
@example(name="无锡瑞丰", before="", after="的王总打电话来说泵又漏了，明天必须到")
@example(name="华东轴承有限公司", before=" ", after="，。谈")
def test_every_character_that_is_not_of_the_name_survives(speaker: Speaker, name: str, before: str, after: str):
    line = (before + name + after).strip()
    customer, words, rest = looked_for(cast("Talk", speaker), line)
    if customer is None:
        return

    assert rest == line or (_bare(line) == _bare(words) + _bare(rest) and line.startswith(words))
    if rest != line and rest:
        assert spelling.plain_of(words) in customer.search_key


@same_book
@given(
    place=st.sampled_from(["苏州", "无锡市", "石家庄", ""]),
    brand=st.text(st.sampled_from("精华宏德盛鑫龙隆科创"), min_size=2, max_size=3),
    trade=st.sampled_from(["机械", "精密轴承", "水泥"]),
    before=around,
    after=around,
)
def test_whatever_a_firm_is_called_its_short_form_finds_it(
    session: Session, zhao_min: Person, place: str, brand: str, trade: str, before: str, after: str
):
    customer = firm(session, f"{place}{brand}{trade}有限公司", owner=zhao_min)
    short = place + brand if len(place + brand) >= 4 else place + brand + trade

    line = f"{before}{short}{after}"
    found = [mention.customer for mention in mentions.named_in(session, zhao_min, line)]

    session.delete(customer)
    session.flush()
    assert found == [customer]


def _bare(line: str) -> str:
    return "".join(one for one in line if one not in " \n\t\u3000，,、；;：:。")
