"""A table is sent, shown, taken over, and goes back; in Chinese, through the engine."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import count

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.importer import Refused, keeping, rows_in
from bot.workbook import write
from crm import access, columns, customers, search, taking_over
from dialog.events import File, Message
from dialog.words import LANGUAGES
from handlers.headings import heads
from models.attachment import FileKind
from models.audit import AuditEntry
from models.customer import Contact, Customer, Grade, Region
from models.notice import Notice
from models.order import Order
from models.person import Person, Role
from models.sheet import Sheet, SheetKind, SheetRow, SheetState, Verdict
from models.visit import Visit
from tests.chatter import Chatter
from tests.conftest import Clock, firm
from tests.workbooks import CONTACTS, CUSTOMERS, ORDERS, csv, xlsx

LABELS = {SheetKind.CUSTOMERS: "客户", SheetKind.CONTACTS: "联系人", SheetKind.ORDERS: "订单"}
FIRMS = [
    CUSTOMERS,
    ["南海泵业", "A", "机械", "广东省", "李伟"],
    ["西北化工", "b级", "化工", "西北", ""],
    ["东北钢铁", "", "", "辽宁", ""],
]


class Office:
    """The bot's work outside of turns, and somebody who sends it tables."""

    def __init__(self, chatter: Chatter, clock: Clock) -> None:
        self.chatter, self.session, self.clock = chatter, chatter.session, clock
        self.files: dict[str, bytes] = {}
        self.numbers = count(1)

    def gets(self, content: bytes, kind: SheetKind = SheetKind.CUSTOMERS, name: str = "客户.xlsx") -> Sheet:
        """Have a file sent and read; the sender looks at what became of it."""
        self.is_sent(content, name)
        self.chatter.taps(LABELS[kind])
        return self.works()

    def is_sent(self, content: bytes, name: str = "客户.xlsx") -> None:
        number = next(self.numbers)
        self.files[f"file-{number}"] = content
        file = File(FileKind.DOCUMENT, f"file-{number}", f"unique-{number}", name, message_id=900 + number)
        self.chatter.does(Message(900 + number, file=file))

    def works(self) -> Sheet:
        """Do what the bot does between turns, and put before the sender what it leaves."""
        while sheet := taking_over.claim(self.session, now=self.clock.now):
            self._do(sheet)
        latest = self.session.scalars(select(Sheet).order_by(Sheet.id.desc()).limit(1)).one()
        self.chatter.opens(f"/imports/{latest.id}")
        return latest

    def _do(self, sheet: Sheet) -> None:
        if sheet.state is SheetState.RECEIVED:
            try:
                asyncio.run(self._read(sheet))
            except Refused as refused:
                taking_over.refuse(self.session, sheet.id, refused.why, at=self.clock.now)
            return
        portion = taking_over.apply_some if sheet.state is SheetState.CONFIRMED else taking_over.undo_some
        while portion(self.session, sheet.id, at=self.clock.now, limit=2):
            pass

    async def _read(self, sheet: Sheet) -> None:
        content = self.files[sheet.file_id]
        async with rows_in(content, sheet.name) as rows:
            steps, result = keeping(sheet.id, content, rows), None
            with suppress(StopIteration):
                while True:
                    result = partial(steps.send(result), at=self.clock.now)(self.session)


@pytest.fixture
def office(chen: Chatter, clock: Clock, li_wei: Person) -> Office:
    return Office(chen, clock)


def names(session: Session) -> set[str]:
    return set(session.scalars(select(Customer.name)))


def test_a_table_of_customers_is_previewed_and_then_taken_over(office: Office, chen: Chatter, session: Session, li_wei):
    office.gets(xlsx(FIRMS))
    assert "预览，尚未导入" in chen.sees
    assert "新增：3" in chen.sees
    assert names(session) == set()

    chen.taps("导入 3 条")
    assert "正在导入" in chen.sees
    office.works()

    assert "已导入：3" in chen.sees
    made = {one.name: one for one in session.scalars(select(Customer))}
    assert (made["南海泵业"].owner, made["南海泵业"].region, made["南海泵业"].grade) == (li_wei, Region.SOUTH, Grade.A)
    assert (made["西北化工"].owner, made["西北化工"].grade) == (chen.person, Grade.B)
    assert made["东北钢铁"].grade is Grade.C
    assert search.customers(session, chen.person, "nhby") == [made["南海泵业"]]


def test_sending_a_table_and_taking_it_over_is_two_taps(office: Office, chen: Chatter):
    office.gets(xlsx(FIRMS))
    chen.taps("导入 3 条")
    assert chen.taps_made == 2


def test_what_is_wrong_is_said_by_row_in_plain_words(office: Office, chen: Chatter, session: Session):
    office.gets(
        xlsx(
            [
                ["2026年客户名单"],
                CUSTOMERS,
                ["甲机械", "D", "机械", "华东", ""],
                ["", "A", "机械", "华东", ""],
                ["乙机械", "A", "航天", "火星", "没有这个人"],
                ["丙" * 121, "A", "机械", "华东", ""],
                ["#REF!", "A", "机械", "华东", ""],
                ["<b>丁</b>", "A", "机械", "华东", ""],
            ],
            merged="A1:E1",
        )
    )
    assert "新增：1" in chen.sees
    assert "待更正，暂不导入：5" in chen.sees
    for words in (
        "第 3 行：等级应为 A、B 或 C",
        "第 4 行：缺少客户名称",
        "第 5 行：行业应为 机械",
        "区域应为 华东、华北",
        "负责人：系统中没有“没有这个人”",
        "第 6 行：客户名称超过 120 个字符",
        "第 7 行：客户名称是 Excel 错误值 #REF!",
    ):
        assert words in chen.sees


def test_the_rows_to_correct_come_back_as_a_table_that_can_be_sent_again(
    office: Office, chen: Chatter, session: Session
):
    office.gets(csv([[*CUSTOMERS, "备注"], ["甲机械", "D", "机械", "华东", "", "=1+1"], FIRMS[1]]), name="客户.csv")
    assert "未使用的列：备注" in chen.sees
    chen.taps("待更正的行")

    table = chen.screen.table
    assert table is not None
    assert table.heads == ["行号", *CUSTOMERS, "备注", "问题"]
    assert [list(row) for row in table.rows] == [[2, "甲机械", "D", "机械", "华东", "", "=1+1", "等级应为 A、B 或 C"]]
    office.gets(write(table))
    assert "第 3 行：等级应为 A、B 或 C" in chen.sees


def test_contacts_and_orders_find_their_customers(office: Office, chen: Chatter, session: Session, east_bearings):
    people = [CONTACTS, ["华东轴承有限公司", "王芳", "设备工程师", 13800000000], ["没有这家", "李雷", "", ""]]
    office.gets(xlsx(people), SheetKind.CONTACTS)
    assert "第 3 行：客户名称：系统中没有“没有这家”" in chen.sees
    chen.taps("导入 1 条")
    office.works()
    contact = session.scalars(select(Contact)).one()
    assert (contact.name, contact.position, contact.phone) == ("王芳", "设备工程师", "13800000000")

    orders = [
        ORDERS,
        ["华东轴承有限公司", "PO-1", date(2026, 2, 3), 1234.5, "轴承"],
        ["华东轴承有限公司", "PO-2", "2026年2月4日", "¥ 1,000,000.00", ""],
        ["华东轴承有限公司", "PO-3", "昨天", "一百万", ""],
        ["华东轴承有限公司", "PO-4", "2026/13/1", "1.2万", ""],
        ["华东轴承有限公司", "PO-5", "2026.3.1", -5, ""],
    ]
    office.gets(xlsx(orders), SheetKind.ORDERS)
    assert "第 4 行：订单日期应为日期，例如 2026-03-31；金额（元）应为以元计的金额" in chen.sees
    chen.taps("导入 2 条")
    office.works()
    made = session.scalars(select(Order).order_by(Order.number)).all()
    assert [(one.number, one.day, one.amount, one.family) for one in made] == [
        ("PO-1", date(2026, 2, 3), 123450, "轴承"),
        ("PO-2", date(2026, 2, 4), 100_000_000, ""),
    ]


def test_amounts_in_ten_thousands_are_not_misread(office: Office, chen: Chatter, east_bearings: Customer):
    heads = ["客户名称", "订单编号", "日期", "金额（万元）"]
    office.gets(xlsx([heads, ["华东轴承有限公司", "1", "2026-01-01", 3]]), SheetKind.ORDERS)
    assert "没有找到这些列：金额（元）" in chen.sees


def test_what_is_there_already_or_twice_in_the_file_is_left_as_it_is(
    office: Office, chen: Chatter, session: Session, east_bearings: Customer
):
    known, again = ["华东轴承有限公司", "C", "", "华东", ""], ["南海泵业 ", "C", "", "华东", ""]
    office.gets(xlsx([CUSTOMERS, known, FIRMS[1], FIRMS[1], again]))
    assert "新增：1" in chen.sees
    assert "已有，保持不变：1" in chen.sees
    assert "文件内重复，只导入一次：2" in chen.sees
    chen.taps("导入 1 条")
    office.works()
    assert east_bearings.grade is Grade.A
    assert len(names(session)) == 2


def test_brackets_of_another_width_mean_the_same_firm(office: Office, chen: Chatter, session: Session, li_wei: Person):
    firm(session, "恒信（上海）机械", owner=li_wei)
    office.gets(xlsx([CUSTOMERS, ["恒信(上海)机械", "A", "", "上海市", ""]]))
    assert "已有，保持不变：1" in chen.sees


def test_a_firms_short_name_means_the_firm_of_the_full_name_and_the_reverse(
    office: Office, chen: Chatter, session: Session, li_wei: Person, east_bearings: Customer
):
    firm(session, "恒信机械", owner=li_wei)
    short, in_full, another = (
        ["华东轴承", "A", "", "华东", ""],
        ["恒信机械股份有限公司", "A", "", "华东", ""],
        ["华东轴承股份有限公司", "A", "", "华东", ""],
    )
    office.gets(xlsx([CUSTOMERS, short, in_full, another]))
    assert "已有，保持不变：2" in chen.sees
    assert "新增：1" in chen.sees
    office.gets(xlsx([CONTACTS, ["华东轴承", "王芳", "", ""]]), SheetKind.CONTACTS)
    chen.taps("导入 1 条")
    office.works()
    assert session.scalars(select(Contact)).one().customer is east_bearings


def test_each_number_of_a_finished_import_stands_on_its_own_line(
    office: Office, chen: Chatter, session: Session, east_bearings: Customer
):
    office.gets(xlsx([CUSTOMERS, ["华东轴承", "A", "", "华东", ""], FIRMS[1], ["没有地区", "A", "", "月球", ""]]))
    chen.taps("导入 1 条")
    office.works()
    lines = chen.sees.splitlines()
    assert "已导入：1" in lines
    assert "保持不变：1" in lines
    assert "待更正，暂不导入：1" in lines


def test_the_same_file_is_read_once(office: Office, chen: Chatter, session: Session):
    content = xlsx(FIRMS)
    first = office.gets(content)
    chen.taps("导入 3 条")
    office.works()
    office.gets(content, name="另一个名字.xlsx")
    assert "这份文件之前已经发送过" in chen.sees
    chen.taps("上次的导入")
    assert "已导入：3" in chen.sees
    assert session.get_one(Sheet, first.id).state is SheetState.DONE


@pytest.mark.parametrize("label", ["导入 3 条", "放弃"])
def test_a_second_tap_finds_it_done(office: Office, chen: Chatter, session: Session, label: str):
    office.gets(xlsx(FIRMS))
    chen.taps(label)
    version = session.scalars(select(Sheet.version)).one()
    data = f"/imports/1/{'confirm' if '导入' in label else 'discard'}?version=2"
    chen.presses(data.replace("/1/", f"/{session.scalars(select(Sheet.id)).one()}/"))
    assert session.scalars(select(Sheet.version)).one() == version
    assert chen.toast is not None


def test_what_was_discarded_leaves_nothing_behind(office: Office, chen: Chatter, session: Session):
    office.gets(xlsx(FIRMS))
    chen.taps("放弃")
    assert "已放弃" in chen.sees
    assert session.scalar(select(func.count()).select_from(SheetRow)) == 0
    office.gets(xlsx(FIRMS))
    assert "新增：3" in chen.sees


def test_an_import_is_taken_back_except_what_was_changed_or_is_in_use(
    office: Office, chen: Chatter, session: Session, clock: Clock, li: Chatter
):
    office.gets(xlsx(FIRMS))
    chen.taps("导入 3 条")
    office.works()
    made = {one.name: one.id for one in session.scalars(select(Customer))}
    customers.set_grade(session, chen.person, made["西北化工"], grade=Grade.A, at=clock.now)
    li.says("/visit 南海泵业 谈了备件")
    li.taps("顺利")
    assert session.scalars(select(Visit)).one().customer_id == made["南海泵业"]

    clock.passes(days=6)
    chen.taps("撤销整个导入")
    assert "将删除它导入的 3 条记录" in chen.sees
    chen.taps("确认全部撤销")
    office.works()

    assert "已撤销：1" in chen.sees
    assert "已被修改或使用而保留：2" in chen.sees
    assert "第 2 行：已有其他记录关联" in chen.sees
    assert "第 3 行：此后被修改过" in chen.sees
    assert names(session) == {"南海泵业", "西北化工"}
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.taken_back")).one()


def test_contacts_and_orders_are_taken_back_too(office: Office, chen: Chatter, session: Session, east_bearings):
    for kind, rows in (
        (SheetKind.CONTACTS, [CONTACTS, ["华东轴承有限公司", "王芳", "", ""]]),
        (SheetKind.ORDERS, [ORDERS, ["华东轴承有限公司", "PO-1", "2026-02-03", 5, ""]]),
    ):
        office.gets(xlsx(rows), kind)
        chen.taps("导入 1 条")
        office.works()
        chen.taps("撤销整个导入")
        chen.taps("确认全部撤销")
        office.works()
        assert "已撤销：1" in chen.sees
    assert session.scalars(select(Contact)).all() == []
    assert session.scalars(select(Order)).all() == []


def test_after_a_week_it_stays(office: Office, chen: Chatter, session: Session, clock: Clock):
    office.gets(xlsx(FIRMS))
    stale = next(b.data for row in chen.screen.keyboard for b in row if "导入 3" in b.text)
    chen.taps("导入 3 条")
    sheet = office.works()
    clock.passes(days=7, minutes=1)
    chen.presses(f"/imports/{sheet.id}/undo?version={sheet.version}")
    assert "已超过七天的期限" in (chen.toast or "")
    chen.presses(stale or "")
    assert len(names(session)) == 3


def test_a_preview_of_last_week_cannot_be_confirmed(office: Office, chen: Chatter, session: Session, clock: Clock):
    office.gets(xlsx(FIRMS))
    clock.passes(days=8)
    chen.taps("导入 3 条")
    assert "已超过七天的期限" in (chen.toast or "")
    assert names(session) == set()


def test_the_world_is_looked_at_again_when_rows_are_taken_over(office: Office, chen: Chatter, session: Session, li_wei):
    office.gets(xlsx(FIRMS))
    firm(session, "南海泵业", owner=li_wei)
    li_wei.withdrawn_at = office.clock.now
    chen.taps("导入 3 条")
    office.works()
    assert "已导入：2" in chen.sees


def test_a_reader_that_died_three_times_is_given_up(office: Office, chen: Chatter, session: Session, clock: Clock):
    office.is_sent(xlsx(FIRMS))
    chen.taps("客户")
    for _time in range(3):
        assert taking_over.claim(session, now=clock.now)
        assert taking_over.claim(session, now=clock.now) is None
        clock.passes(minutes=3)
    assert taking_over.claim(session, now=clock.now) is None
    assert session.scalars(select(Sheet)).one().state is SheetState.REFUSED


def test_what_becomes_of_it_is_put_before_the_sender_where_she_saw_it_last(office: Office, session: Session):
    sheet = office.gets(xlsx(FIRMS))
    notice = session.scalars(select(Notice)).one()
    assert (notice.address, notice.thread, notice.ping) == (f"/imports/{sheet.id}", f"import:{sheet.id}", False)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_csv_of_any_office_is_read(office: Office, chen: Chatter, encoding: str):
    office.gets(csv(FIRMS, encoding), name="客户.csv")
    assert "新增：3" in chen.sees


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["姓名", "电话"], ["王芳", "1"]], "没有找到这些列：客户名称、区域"),
        ([["客户名称", "公司", "地区"], ["甲", "乙", "华东"]], "有两列都是客户名称"),
        ([["x"]] * 12 + [CUSTOMERS], "没有找到这些列"),
    ],
)
def test_a_header_that_says_something_else_is_explained(office: Office, chen: Chatter, rows, words: str):
    office.gets(xlsx(rows))
    assert words in chen.sees


def test_the_flow_refuses_what_is_no_table(chen: Chatter, office: Office):
    chen.says("/import")
    chen.sends(FileKind.PHOTO)
    assert "请以文件形式发送" in chen.sees
    chen.says("=1+1")
    assert "请以文件形式发送" in chen.sees
    office.is_sent(b"x", "宏.xlsm")
    assert "请另存为不含宏的 .xlsx" in chen.sees
    office.is_sent(xlsx(FIRMS), "客户.xlsx")
    assert "客户.xlsx 里是什么" in chen.sees
    chen.taps("客户")
    office.works()
    assert "新增：3" in chen.sees


def test_a_table_may_also_just_belong_to_a_visit(office: Office, chen: Chatter, session: Session, east_bearings):
    office.is_sent(xlsx(FIRMS), "报价.xlsx")
    assert "报价.xlsx 是一份表格" in chen.sees
    chen.taps("跳过")
    chen.taps("拜访")
    chen.taps("华东轴承")
    chen.taps("顺利")
    assert [file.name for file in session.scalars(select(Visit)).one().attachments] == ["报价.xlsx"]


def test_a_rep_is_not_offered_an_import_and_cannot_forge_one(
    office: Office, chen: Chatter, li: Chatter, session: Session
):
    sheet = office.gets(xlsx(FIRMS))
    li.does(Message(950, file=File(FileKind.DOCUMENT, "f", "u", "客户.xlsx")))
    assert "这要记成什么" in li.sees
    li.says("/cancel")
    acts = [f"/{act}?version={sheet.version}" for act in ("confirm", "discard", "undo")]
    for address in ("", "/errors", "/undoing", *acts):
        li.presses(f"/imports/{sheet.id}{address}")
    assert session.get_one(Sheet, sheet.id).state is SheetState.READY


def test_whoever_lost_the_permission_imports_nothing_more(office: Office, chen: Chatter, session: Session):
    office.gets(xlsx(FIRMS))
    chen.taps("导入 3 条")
    chen.person.role = Role.REP
    sheet = taking_over.claim(session, now=office.clock.now)
    assert sheet is not None
    assert not taking_over.apply_some(session, sheet.id, at=office.clock.now)
    assert (sheet.state, sheet.count(Verdict.MADE), sheet.count(Verdict.NEW)) == (SheetState.DONE, 0, 3)


@pytest.mark.parametrize("kind", SheetKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_table_of_ours_has_a_header_we_understand(chen: Chatter, kind: SheetKind, language: str):
    line, meant = columns.header(kind, [heads(chen.house.languages[language], kind)])
    assert (line, meant) == (0, [column.name for column in columns.COLUMNS[kind]])


def test_an_empty_table_can_be_had(chen: Chatter):
    chen.says("/import")
    chen.taps("空白表格：订单")
    assert chen.screen.table is not None
    assert chen.screen.table.heads[0] == "客户名称"


def test_the_imports_are_listed(office: Office, chen: Chatter):
    office.gets(xlsx(FIRMS), name="<b>" + "长" * 90 + ".xlsx")
    chen.says("/menu")
    chen.taps("更多")
    chen.taps("工具")
    chen.taps("导入记录")
    chen.taps("客户 ·")
    assert "预览" in chen.sees


@pytest.mark.parametrize("head", ["客户全称", "公司名字", "单位全称", "Client Name"])
def test_a_firm_may_be_headed_in_many_ways(office: Office, chen: Chatter, head: str):
    office.gets(xlsx([[head, "地区"], ["南海泵业", "广东"]]))
    assert "新增：1" in chen.sees


def test_the_headers_that_were_read_are_named(office: Office, chen: Chatter):
    office.gets(xlsx([["甲方<b>", "地区", "备注栏"], ["南海泵业", "广东", "x"]]))
    assert "没有找到这些列：客户名称" in chen.sees
    assert "读到的表头：甲方<b> · 地区 · 备注栏" in chen.sees


@pytest.mark.parametrize("said", ["1234,50", "1,5", "12,34,5", "0,99", "1,234,50", "1.234,50", "1 23"])
def test_a_decimal_comma_is_refused_rather_than_misread(office: Office, chen: Chatter, east_bearings, said: str):
    office.gets(xlsx([ORDERS, [east_bearings.name, "HT-1", "2026-02-01", said, ""]]), SheetKind.ORDERS)
    assert "金额（元）应为以元计的金额，例如 1234.50 或 1,234.50" in chen.sees


@pytest.mark.parametrize(
    ("said", "fen"), [("1,234.50", 123_450), ("￥1，234，567", 123_456_700), ("1 234.5元", 123_450), ("0.99", 99)]
)
def test_thousands_may_be_set_apart(
    office: Office, chen: Chatter, session: Session, east_bearings: Customer, said: str, fen: int
):
    office.gets(xlsx([ORDERS, [east_bearings.name, "HT-1", "2026-02-01", said, ""]]), SheetKind.ORDERS)
    chen.taps("导入 1 条")
    office.works()
    assert session.scalars(select(Order.amount)).one() == fen


@pytest.mark.parametrize("name", ["abc pumps ltd", "ABC PUMPS LTD", "ABC  Pumps Ltd", "ＡＢＣ Pumps", "AbcPumps"])
def test_case_width_and_blanks_do_not_make_another_firm(
    office: Office, chen: Chatter, session: Session, li_wei: Person, name: str
):
    firm(session, "ABC Pumps Ltd" if "td" in name.lower() else "ABC Pumps", owner=li_wei)

    office.gets(xlsx([CUSTOMERS, [name, "A", "机械", "华东", ""]]))
    assert "已有，保持不变：1" in chen.sees
    office.gets(xlsx([ORDERS, [name, "HT-1", "2026-02-01", 5, ""]]), SheetKind.ORDERS)
    assert "新增：1" in chen.sees


@pytest.mark.parametrize("name", ["甲", "甲乙", "华东 轴承"])
def test_a_short_name_and_one_with_a_blank_are_found(
    office: Office, chen: Chatter, session: Session, li_wei: Person, name: str
):
    firm(session, name, owner=li_wei)

    office.gets(xlsx([CUSTOMERS, [name.replace(" ", ""), "A", "机械", "华东", ""]]))
    assert "已有，保持不变：1" in chen.sees


def test_a_blank_in_a_colleagues_name_does_not_matter(office: Office, chen: Chatter, session: Session, li_wei: Person):
    office.gets(xlsx([CUSTOMERS, ["南海泵业", "A", "机械", "广东", "李 伟"]]))
    chen.taps("导入 1 条")
    office.works()
    assert session.scalars(select(Customer.owner_id)).one() == li_wei.id


def test_an_order_of_a_day_to_come_is_not_taken(office: Office, chen: Chatter, east_bearings: Customer):
    days = ["2026-03-11", "2026-03-10"]
    rows = [[east_bearings.name, f"HT-{number}", day, 5, ""] for number, day in enumerate(days)]
    office.gets(xlsx([ORDERS, *rows]), SheetKind.ORDERS)
    assert "第 2 行：订单日期晚于今天" in chen.sees
    assert "新增：1" in chen.sees


def test_a_formula_nobody_computed_is_called_one(office: Office, chen: Chatter):
    office.gets(xlsx([CUSTOMERS, ['="南海"&"泵业"', "A", "机械", "广东", '=IF(1,"","")']]))
    assert "客户名称是没有计算结果的公式" in chen.sees
    assert "负责人" not in chen.sees


def test_a_file_whose_preview_was_left_may_be_sent_again_after_a_week(office: Office, chen: Chatter, clock: Clock):
    content = xlsx(FIRMS)
    office.gets(content)
    clock.passes(days=6)
    office.gets(content)
    assert "之前已经发送过" in chen.sees
    clock.passes(days=1, minutes=1)
    office.gets(content)
    assert "新增：3" in chen.sees


def test_a_contact_whose_number_was_merely_looked_at_is_taken_back_too(
    office: Office, chen: Chatter, session: Session, east_bearings: Customer, clock: Clock, li_wei: Person
):
    office.gets(xlsx([CONTACTS, [east_bearings.name, "钱工", "", "13800000000"]]), SheetKind.CONTACTS)
    chen.taps("导入 1 条")
    office.works()
    access.viewed(session, li_wei, session.scalars(select(Contact)).one(), at=clock.now)
    chen.taps("撤销整个导入")
    chen.taps("确认")
    office.works()
    assert session.scalars(select(Contact)).all() == []


def test_a_table_without_a_row_is_no_mistake_of_ours():
    with pytest.raises(columns.Mismatch) as mismatch:
        columns.header(SheetKind.ORDERS, [])
    assert mismatch.value.facts == {"what": "empty"}
