"""/menu: home, where everything begins. At most six buttons by role, the rest stands behind More and Tools."""

from __future__ import annotations

import re

from crm import attention, duty, letters, pledges, reminders, surveys
from dialog.events import Message
from dialog.page import Route, page
from dialog.screen import Button, Go, Link, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import _
from models.person import Permission, Role

GREETINGS = frozenset({"你好", "您好", "在吗", "谢谢", "多谢", "好的", "收到", "hi", "hello", "thanks", "thank you"})
MENU = frozenset({"菜单", "主菜单", "menu"})
"""Nobody's record, as the greetings: they lead home."""
_INVITE = Go(_("💌 Invite"), "/do/invite")
_NEW_CUSTOMER = Go(_("🏭 New customer"), "/do/new_customer")
_EXPORT = Go(_("⬇️ Export"), "/exports")


@page("/", command="menu", title=_("Home"))
def home(talk: Talk) -> Screen:
    """Who you are, one useful line, and what people of your role do most."""
    if talk.person.role is Role.CUSTOMER:
        return _customer_home(talk)
    return _leader_home(talk) if talk.person.is_leader else _rep_home(talk)


@page("/more", needs=Permission.SEE_CUSTOMERS)
def more(talk: Talk) -> Screen:
    """What colleagues need less often."""
    return Screen("menu/more", rows=[*grid(_more(talk), 2), [to_home()]])


@page("/tools", needs=Permission.SEE_CUSTOMERS)
def tools(talk: Talk) -> Screen:
    """Tables, language, help: what is behind More."""
    return Screen("menu/tools", rows=[*grid(_tools(talk), 2), [Link(_("⋯ More"), more), to_home()]])


@page("/contact", needs=Permission.REPORT_PROBLEMS)
def contact_person(talk: Talk) -> Screen:
    """Who looks after this customer, and how to leave word."""
    contact = talk.person.contact
    return Screen(
        "menu/contact",
        rep=contact.customer.owner if contact else None,
        now_with=duty.on_duty(talk.session, contact.customer.owner) if contact else None,
        customer=contact.customer if contact else None,
        rows=[[Go(_("💬 Leave a message"), "/do/message")], [to_home()]],
    )


def to_home() -> Link:
    """Return the button that leads home."""
    return Link(_("‹ Home"), home)


def _rep_home(talk: Talk) -> Screen:
    due = reminders.due(talk.session, talk.person, on_or_before=talk.today)
    return Screen(
        "menu/rep",
        due=len(due),
        pledged=len(pledges.due(talk.session, talk.person, on_or_before=talk.today)),
        written=len(letters.to_answer(talk.session, talk.person, now=talk.now)),
        rows=[
            [Go(_("📝 Log a visit"), "/do/visit"), Go(_("⚠️ Log a complaint"), "/do/complaint")],
            [Go(_("📅 Today"), "/today"), Go(_("🔍 Find a customer"), "/customers")],
            [Go(_("📊 My numbers"), "/summary"), Link(_("⋯ More"), more)],
        ],
    )


def _leader_home(talk: Talk) -> Screen:
    return Screen(
        "menu/leader",
        overdue=attention.overdue_complaints(talk.session, talk.person, now=talk.now),
        rows=[
            [Go(_("📊 Summary"), "/summary"), Go(_("❗ What needs me"), "/attention")],
            [Go(_("⚠️ Complaints"), "/complaints"), Go(_("😊 Satisfaction"), "/satisfaction")],
            [Go(_("👥 Team"), "/team"), Link(_("⋯ More"), more)],
        ],
    )


def _customer_home(talk: Talk) -> Screen:
    return Screen(
        "menu/customer",
        customer=talk.person.contact.customer if talk.person.contact else None,
        open=attention.open_complaints(talk.session, talk.person),
        questions=len(surveys.waiting_for(talk.session, talk.person, now=talk.now)),
        rows=_customer_buttons(),
    )


def _customer_buttons() -> Rows:
    return [
        [Go(_("⚠️ Report a problem"), "/do/report"), Go(_("📋 My complaints"), "/complaints/mine")],
        [Go(_("💬 Answer a question"), "/questionnaires/mine"), Link(_("👤 My contact person"), contact_person)],
        [Go(_("🔒 Privacy"), "/privacy"), Go(_("🌐 Language"), "/language")],
    ]


def _more(talk: Talk) -> list[Button]:
    if talk.person.is_leader:
        return [
            Go(_("📝 Log a visit"), "/do/visit"),
            Go(_("⚠️ Log a complaint"), "/do/complaint"),
            Go(_("🔍 Find a customer"), "/customers"),
            Go(_("📅 Today"), "/today"),
            _NEW_CUSTOMER,
            Link(_("🧰 Tools"), tools),
        ]
    return [
        Go(_("⚠️ Complaints"), "/complaints"),
        Go(_("❗ What needs me"), "/attention"),
        _NEW_CUSTOMER,
        _INVITE,
        _EXPORT,
        Link(_("🧰 Tools"), tools),
    ]


def _tools(talk: Talk) -> list[Button]:
    shared: list[Button] = [
        Go(_("🌴 Away"), "/away"),
        Go(_("🌐 Language"), "/language"),
        Go(_("❓ Help"), "/help"),
    ]
    if talk.person.is_leader:
        return [_INVITE, Go(_("📥 Imports"), "/imports"), _EXPORT, *shared]
    return [Go(_("☀️ Cards"), "/cards"), *shared]


def labelled(talk: Talk, message: Message) -> str | None:
    """Return the address of the button of a customer's home whose label was typed, with its picture or without."""
    typed = bare(message.text)
    buttons = [button for row in _customer_buttons() for button in row if button is not None]
    return next((button.data(0) for button in buttons if typed and bare(talk.say(button.label)) == typed), None)


def bare(text: str) -> str:
    """Return a label or what was typed without pictures, points and blanks, to compare the two."""
    return re.sub(r"[\W_]+", "", text).casefold()


def called(talk: Talk, message: Message) -> str | None:
    """Return the address of the page that was called by its name, such as 帮助; a greeting leads home."""
    typed = message.text.strip(" \n。.!！~～?？").casefold()
    if message.file is not None or message.forwarded_from is not None or not typed:
        return None
    if typed in GREETINGS | MENU:
        return "/"
    book = talk.house.book
    named = [name for name, title in book.commands_for(talk.person) if talk.say(title).casefold() == typed]
    found = book.command(named[0]) if named else None
    return found.pattern if isinstance(found, Route) and not found.acts else None
