"""Contracts: the list of a customer's, one contract's card with its papers, and keeping a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from crm import contracts, customers
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import or_as_it_stands
from dialog.questions import Money, Pick, PickDay, Review, Said, Words
from dialog.screen import Act, Button, Door, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import files, gathered
from handlers.contract_terms import YEARS, HowLong, read
from handlers.customer import customer_card
from handlers.paging import leaf, turning
from handlers.picking import ByDoor, PickCustomer, looked_for, nameless
from models.contract import Contract
from models.person import Permission

MOST_LINE = 500
MOST_TITLE = 120


@page("/customers/{customer_id}/contracts", needs=Permission.SEE_CUSTOMERS)
def contracts_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """The contracts with one customer: what ends next comes first, what is over last."""
    customer = customers.find(talk.session, talk.person, customer_id)
    who = (talk.session, talk.person)
    listed, more = leaf(
        page, lambda limit, offset: contracts.of(*who, customer, today=talk.today, limit=limit, offset=offset)
    )
    adding = talk.may(Permission.EDIT_CUSTOMERS)
    return Screen(
        "contract/list",
        customer=customer,
        contracts=listed,
        today=talk.today,
        rows=[
            *[[Link(_line(talk, contract), contract_card, contract.id)] for contract in listed],
            turning(contracts_of, customer_id, page=page, more=more),
            [Door(_("➕ Add a contract"), new_contract, customer=customer_id) if adding else None],
            [Link(_("🏭 Customer"), customer_card, customer_id)],
        ],
    )


@page("/contracts/{contract_id}", needs=Permission.SEE_CUSTOMERS)
def contract_card(talk: Talk, contract_id: int) -> Screen:
    """One contract: what it is worth, and how long it still runs."""
    contract = contracts.find(talk.session, talk.person, contract_id)
    sent = len(contract.attachments)
    return Screen(
        "contract/card",
        contract=contract,
        left=(contract.ends - talk.today).days,
        value=f"¥{contract.value:,.2f}" if contract.value is not None else None,
        rows=[
            [Link(_("📎 Sent along: {count}", count=sent), contract_files, contract_id) if sent else None],
            _changing(talk, contract),
            [
                Link(_("📑 Contracts"), contracts_of, contract.customer_id),
                Link(_("🏭 Customer"), customer_card, contract.customer_id),
            ],
        ],
    )


def _changing(talk: Talk, contract: Contract) -> list[Button | None]:
    if not talk.may(Permission.EDIT_CUSTOMERS):
        return []
    return [
        Door(_("📅 Another end"), prolong, contract=contract),
        Link(_("🗑 Entered by mistake"), dropping, contract.id),
    ]


@page("/contracts/{contract_id}/files", needs=Permission.SEE_CUSTOMERS)
def contract_files(talk: Talk, contract_id: int) -> Screen:
    """Its papers, once more."""
    contract = contracts.find(talk.session, talk.person, contract_id)
    back = Link(_("‹ {number}", number=brief(contract.title, 30)), contract_card, contract_id)
    return files.page_of("contract/files", contract.attachments, back, contract=contract)


@page("/contracts/{contract_id}/dropping", needs=Permission.EDIT_CUSTOMERS)
def dropping(talk: Talk, contract_id: int) -> Screen:
    """Ask before a contract is taken out of the file."""
    contract = contracts.find(talk.session, talk.person, contract_id)
    return Screen(
        "contract/dropping",
        contract=contract,
        rows=[
            [Act(_("🗑 Yes, take it out"), drop, contract_id, version=contract.version)],
            [Link(_("‹ Back"), contract_card, contract_id)],
        ],
    )


@act("/contracts/{contract_id}/drop", needs=Permission.EDIT_CUSTOMERS)
def drop(talk: Talk, contract_id: int, version: int) -> Screen:
    """Take out what was entered by mistake."""
    contract = contracts.drop(talk.session, talk.person, contract_id, version=version, at=talk.now)
    return contracts_of(talk, contract.customer_id)


def from_one_line(talk: Talk, text: str) -> Mapping[str, object]:
    """Return what a line such as ``华东轴承 备件框架 30万 一年`` says: the customer, and what is behind its name."""
    customer, _words, rest = looked_for(talk, text)
    known: dict[str, object] = {"customer": customer.id} if customer else {}
    line = rest if customer else text
    return known | ({"line": line} if line else {})


@flow(
    "contract",
    _("Add a contract"),
    needs=Permission.EDIT_CUSTOMERS,
    command="contract",
    prefill=from_one_line,
    keeps=True,
)
def new_contract(talk: Talk) -> Script:
    """One line, or the papers, and how long it runs; it begins today, and the rest may be added before saving."""
    customer = yield from PickCustomer("customer", _("Customer"))
    talk.kept = nameless(talk.kept.without_place(), customer)
    line = yield from Words("line", most=MOST_LINE, photos=10, files_alone=True)
    known = read(line.text, talk.said_on("line"))
    called = brief(known.title or _named(line), MOST_TITLE) or talk.say(_("Contract"))
    title = yield from or_as_it_stands(Words("title", _("Title"), most=MOST_TITLE, line=True), Said(called))
    first_day = PickDay("starts", _("Begins"), past=True, years=YEARS)
    starts = yield from or_as_it_stands(first_day, known.starts or talk.said_on("line"))
    ends = yield from or_as_it_stands(HowLong("ends", _("Ends"), first=starts), known.term)
    number = yield from Words("number", _("Contract number"), most=60, line=True, later=True).suggesting(
        Said(brief(known.number, 60)) if known.number else None
    )
    value = yield from Money("value", _("Value"), later=True).suggesting(known.value)
    papers = yield from Words("papers", _("Papers"), most=1000, photos=10, files_alone=True, later=True)
    yield from Review("save")
    papers = Said(papers.text if papers else "", (*line.files, *(papers.files if papers else ())))
    contract = contracts.add(
        talk.session,
        talk.person,
        customer=customer,
        number=number.text if number else "",
        title=title.text,
        starts=starts,
        ends=ends.until(starts),
        value=value,
        note=gathered.together(
            line.text if len(known.title) > MOST_TITLE else "", gathered.words(talk, papers, cards=True)
        ),
        files=gathered.sent(talk, papers),
        at=talk.now,
    )
    return contract_card(talk, contract.id)


def _named(line: Said) -> str:
    """Return what the first paper is called, without its ending."""
    return next((file.name.rpartition(".")[0] or file.name for file in line.files if file.name), "")


@flow("prolong", _("Another end"), needs=Permission.EDIT_CUSTOMERS)
def prolong(talk: Talk) -> Script:
    """For how long it goes on after its end, or until when it runs now."""
    contract = yield from Pick("contract", ByDoor(contracts.find))
    next_day = contract.ends + timedelta(1)
    term = yield from HowLong("ends", _("Ends"), first=next_day)
    ends = term.until(next_day)
    contracts.prolong(talk.session, talk.person, contract.id, ends=ends, version=contract.version, at=talk.now)
    return contract_card(talk, contract.id)


def _line(talk: Talk, contract: Contract) -> str:
    over = "⌛" if contract.ends < talk.today else "📑"
    return f"{over} {brief(contract.title, 24)} · {talk.words.written(contract.ends, talk.today)}"
