"""Contracts: the list of a customer's, one contract's card with its papers, and keeping a new one."""

from __future__ import annotations

from crm import contracts, customers
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Money, Pick, PickDay, Review, Said, Words
from dialog.screen import Act, Button, Door, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import files, gathered
from handlers.customer import customer_card
from handlers.paging import leaf, turning
from handlers.picking import ByDoor, PickCustomer
from models.contract import Contract
from models.person import Permission

YEARS = 30
"""How far away a contract may begin or end."""


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
    return Screen(
        "contract/files",
        contract=contract,
        files=files.again(contract.attachments),
        fresh=True,
        rows=[[Link(_("‹ {number}", number=brief(contract.number, 30)), contract_card, contract_id)]],
    )


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


@flow("contract", _("Add a contract"), needs=Permission.EDIT_CUSTOMERS, keeps=True)
def new_contract(talk: Talk) -> Script:
    """Number, title, from when to when; its value and the papers may come along."""
    customer = yield from PickCustomer("customer", _("Customer"))
    number = yield from Words("number", _("Contract number"), most=60, line=True)
    title = yield from Words("title", _("Title"), most=120, line=True)
    starts = yield from PickDay("starts", _("Begins"), past=True, years=YEARS)
    ends = yield from PickDay("ends", _("Ends"), past=True, years=YEARS)
    value = yield from Money("value", _("Value"), optional=True)
    papers = yield from Words("papers", _("Papers"), most=1000, photos=10, files_alone=True, optional=True)
    papers = papers or Said()
    yield from Review("save")
    contract = contracts.add(
        talk.session,
        talk.person,
        customer=customer,
        number=number.text,
        title=title.text,
        starts=starts,
        ends=ends,
        value=value,
        note=gathered.words(talk, papers, cards=True),
        files=gathered.sent(talk, papers),
        at=talk.now,
    )
    return contract_card(talk, contract.id)


@flow("prolong", _("Another end"), needs=Permission.EDIT_CUSTOMERS)
def prolong(talk: Talk) -> Script:
    """Until when it runs now."""
    contract = yield from Pick("contract", ByDoor(contracts.find))
    ends = yield from PickDay("ends", _("Ends"), past=True, years=YEARS)
    contracts.prolong(talk.session, talk.person, contract.id, ends=ends, version=contract.version, at=talk.now)
    return contract_card(talk, contract.id)


def _line(talk: Talk, contract: Contract) -> str:
    over = "⌛" if contract.ends < talk.today else "📑"
    return f"{over} {brief(contract.title, 24)} · {talk.words.written(contract.ends, talk.today)}"
