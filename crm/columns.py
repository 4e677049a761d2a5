"""Columns: what the headers of a table mean, and what the words in its cells mean.

It knows the ways people head their tables, in Chinese and English, and asks no database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from models.customer import Contact, Grade, Industry, Region
from models.sheet import SheetKind

LOOKED_THROUGH = 10
"""Rows in which a header is looked for: above it may stand a title."""
MOST_FEN = 10**13
EARLIEST = 1990
MOST_HEADS = 12
MOST_SHOWN = 20
"""How many headers that were not understood are named, and how many characters of each."""
EXCEL_SAYS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
NO_RESULT = "#FORMULA!"
"""What the reader puts where a formula has no result: nobody has opened the file in Excel, or it says nothing."""

GRADES = {grade.value.casefold() + tail: grade for grade in Grade for tail in ("", "级", "类", "级客户", "类客户")}
INDUSTRIES: Mapping[str, Industry] = {
    "机械": Industry.MACHINERY,
    "机械制造": Industry.MACHINERY,
    "装备制造": Industry.MACHINERY,
    "冶金": Industry.METALLURGY,
    "钢铁": Industry.METALLURGY,
    "能源": Industry.ENERGY,
    "电力": Industry.ENERGY,
    "化工": Industry.CHEMICALS,
    "汽车": Industry.AUTOMOTIVE,
    "电子": Industry.ELECTRONICS,
    "食品": Industry.FOOD,
    "矿业": Industry.MINING,
    "矿山": Industry.MINING,
    "贸易": Industry.TRADE,
    "其他": Industry.OTHER,
    "其他行业": Industry.OTHER,
    **{industry.value: industry for industry in Industry},
}
_PROVINCES: Mapping[Region, str] = {
    Region.EAST: "华东 上海 江苏 浙江 安徽 福建 江西 山东",
    Region.NORTH: "华北 北京 天津 河北 山西 内蒙古",
    Region.NORTHEAST: "东北 辽宁 吉林 黑龙江",
    Region.CENTRAL: "华中 河南 湖北 湖南",
    Region.SOUTH: "华南 广东 广西 海南",
    Region.SOUTHWEST: "西南 重庆 四川 贵州 云南 西藏",
    Region.NORTHWEST: "西北 陕西 甘肃 青海 宁夏 新疆",
    Region.ABROAD: "海外 国外 境外 香港 澳门 台湾",
}
REGIONS: Mapping[str, Region] = {
    **{word: region for region, words in _PROVINCES.items() for word in words.split()},
    **{region.value: region for region in Region},
    **{f"{region.value} china": region for region in Region},
}
_OF_A_PLACE = re.compile(r"(地区|大区|区域|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市)$")


class Mismatch(Exception):
    """The table cannot be read as what it is said to be: ``facts`` say why."""

    def __init__(self, what: str, **facts: Any) -> None:
        super().__init__(what)
        self.facts = {"what": what, **facts}


class Unfit(Exception):
    """A cell does not say what its column needs: ``facts`` say what would be right."""

    def __init__(self, what: str, **facts: Any) -> None:
        super().__init__(what)
        self.facts = {"what": what, **facts}


@dataclass(frozen=True)
class Column:
    """What a column means: its name here, its headers, and how a cell of it is read."""

    name: str
    heads: frozenset[str]
    read: Callable[[str], Any]
    required: bool = False


def _column(name: str, heads: str, read: Callable[[str], Any], *, required: bool = False) -> Column:
    return Column(name, frozenset(folded(head) for head in heads.split("|")), read, required)


def folded(head: str) -> str:
    """Return a header without what does not matter: case, width, spaces, stars, and that amounts are in yuan."""
    bare = re.sub(r"[\s*_:：·.]", "", unicodedata.normalize("NFKC", head)).casefold()
    return re.sub(r"\((元|人民币|人民币元|rmb|cny|yuan|必填|选填)\)$", "", bare)


def _words(most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > most:
            raise Unfit("too_long", most=most)
        return cell

    return read


def _one_of(words: Mapping[str, StrEnum]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        said = unicodedata.normalize("NFKC", cell).casefold()
        found = words.get(said) or words.get(_OF_A_PLACE.sub("", said))
        if found is None:
            raise Unfit("choice", allowed=list(dict.fromkeys(member.value for member in words.values())))
        return found.value

    return read


def _phone(cell: str) -> str:
    number = " ".join(unicodedata.normalize("NFKC", cell).split())
    fits = re.fullmatch(r"[\d+()\-.,;/ 转分机ext]+", number) and sum(map(str.isdigit, number)) >= 5
    if not fits or len(number) > Contact.phone.type.length:
        raise Unfit("phone")
    return number


def _day(cell: str) -> str:
    said = unicodedata.normalize("NFKC", cell).strip()
    match = re.match(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ][\d:.]+)?$", said)
    match = match or re.match(r"(\d{4})(\d\d)(\d\d)$", said)
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or day.year < EARLIEST:
        raise Unfit("day")
    return day.isoformat()


def _amount(cell: str) -> int:
    """Return fen. What is written in ten thousands, or with a decimal comma, is refused rather than misread."""
    said = re.sub(r"^[¥￥]|元$", "", unicodedata.normalize("NFKC", cell).strip()).strip()
    if not re.fullmatch(r"(\d{1,13}|\d{1,3}([, ]\d{3})+)(\.\d{1,2}0*)?", said):
        raise Unfit("amount")
    fen = int(Decimal(re.sub("[, ]", "", said)) * 100)
    if fen > MOST_FEN:
        raise Unfit("amount")
    return fen


_WHAT_A_FIRM_IS = ("客户", "公司", "企业", "单位", "厂家")
_CUSTOMER = "|".join(
    [
        *(f"{firm}{name}" for firm in _WHAT_A_FIRM_IS for name in ("", "名称", "名字", "名", "全称")),
        "客户单位|客户公司|客户公司名称|单位全名|公司全名|客户全名|厂名",
        "customer|customer name|company|company name|firm|firm name|client|client name",
    ]
)
COLUMNS: Mapping[SheetKind, Sequence[Column]] = {
    SheetKind.CUSTOMERS: (
        _column("name", f"{_CUSTOMER}|名称|name", _words(120), required=True),
        _column("grade", "等级|客户等级|级别|客户级别|分级|grade|customer grade|level|class", _one_of(GRADES)),
        _column("industry", "行业|所属行业|客户行业|industry|sector", _one_of(INDUSTRIES)),
        _column(
            "region", "地区|区域|大区|省份|所在地区|所在省份|region|area|province", _one_of(REGIONS), required=True
        ),
        _column("owner", "负责人|业务员|客户经理|销售|销售员|owner|rep|sales rep|account manager", _words(80)),
    ),
    SheetKind.CONTACTS: (
        _column("customer", _CUSTOMER, _words(120), required=True),
        _column(
            "name",
            "姓名|联系人|联系人姓名|名字|name|contact|contact name|full name|contact person",
            _words(80),
            required=True,
        ),
        _column("position", "职务|职位|岗位|position|title|job title|role", _words(80)),
        _column("phone", "电话|手机|手机号|手机号码|联系电话|电话号码|联系方式|phone|mobile|tel|telephone", _phone),
    ),
    SheetKind.ORDERS: (
        _column("customer", _CUSTOMER, _words(120), required=True),
        _column(
            "number",
            "订单号|订单编号|编号|单号|合同号|合同编号|order|order number|order no|number|no",
            _words(60),
            required=True,
        ),
        _column("day", "日期|订单日期|下单日期|签订日期|成交日期|date|order date", _day, required=True),
        _column("amount", "金额|订单金额|合同金额|成交金额|总金额|amount|total|value", _amount, required=True),
        _column("family", "产品|产品系列|产品类别|产品族|品类|product|product family|family|category", _words(80)),
    ),
}


def header(kind: SheetKind, rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Return which of the first rows is the header, and what each of its columns means ('' for none of ours).

    Raises Mismatch when a required column is missing, two columns mean the same or there is no row.
    """
    if not rows:
        raise Mismatch("empty")
    known = {head: column.name for column in COLUMNS[kind] for head in column.heads}
    read = [[known.get(folded(cell), "") for cell in row] for row in rows[:LOOKED_THROUGH]]
    best = max(range(len(read)), key=lambda at: (len(set(read[at]) - {""}), -at))
    meant = read[best]
    missing = [column.name for column in COLUMNS[kind] if column.required and column.name not in meant]
    if missing:
        heads = [cell[:MOST_SHOWN] for cell in rows[best] if cell.strip()]
        raise Mismatch("missing_columns", columns=missing, heads=heads[:MOST_HEADS])
    twice = [name for name in meant if name and meant.count(name) > 1]
    if twice:
        raise Mismatch("two_columns", column=twice[0])
    return best, meant


def read(kind: SheetKind, meant: Sequence[str], cells: Sequence[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a row says, by column, and what is wrong with it, as facts; empty cells are left out."""
    by_name = {name: cell.strip() for name, cell in zip(meant, cells, strict=False) if name}
    given: dict[str, Any] = {}
    wrong: list[dict[str, Any]] = []
    for column in COLUMNS[kind]:
        try:
            value = _cell(column, by_name.get(column.name, ""))
        except Unfit as unfit:
            wrong.append(unfit.facts | {"column": column.name})
        else:
            if value is not None:
                given[column.name] = value
    return given, wrong


def _cell(column: Column, cell: str) -> Any:
    if cell in {"", NO_RESULT}:
        if column.required:
            raise Unfit("formula" if cell else "missing")
        return None
    if cell.upper() in EXCEL_SAYS:
        raise Unfit("excel_error", said=cell.upper())
    return column.read(cell)
