"""People: who is in the team, one person's card, another role, a farewell."""

from __future__ import annotations

from crm import absences, people, roles
from dialog.page import act, page
from dialog.screen import Act, Button, Go, Link, Screen, grid
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.menu import to_home
from handlers.paging import leaf, turning
from models.person import Permission, Person, Role


@page("/team", needs=Permission.MANAGE_PEOPLE, command="team", title=_("Team"))
def team(talk: Talk, page: int = 0) -> Screen:
    """The department's people; each opens."""
    everybody = people.staff(talk.session, talk.person)
    listed, more = leaf(page, lambda limit, offset: everybody[offset : offset + limit])
    return Screen(
        "team/list",
        count=len(everybody),
        rows=[
            *[[Link(_line(talk, person), person_card, person.id)] for person in listed],
            turning(team, page=page, more=more),
            [Go(_("💌 Invite"), "/do/invite"), Go(_("🔁 Hand over"), "/do/handover"), to_home()],
        ],
    )


@page("/people/{person_id}")
def person_card(talk: Talk, person_id: int) -> Screen:
    """One person, as far as the reader may see her."""
    person = people.find(talk.session, talk.person, person_id)
    return Screen(
        "person/card", shown=person, rows=[_managing(talk, person), [_to_customer(talk, person)], [to_home()]]
    )


@page("/people/{person_id}/joined", needs=Permission.INVITE)
def joined(talk: Talk, person_id: int) -> Screen:
    """Tell the inviter who came in by the invitation."""
    person = people.find(talk.session, talk.person, person_id)
    managing = roles.may_manage(talk.person, person)
    return Screen(
        "person/joined",
        shown=person,
        managing=managing,
        rows=[
            [_to_customer(talk, person)],
            [Link(_("🚫 Not the right person"), farewell, person_id) if managing else None],
        ],
    )


@page("/people/{person_id}/role", needs=Permission.MANAGE_PEOPLE)
def roles_page(talk: Talk, person_id: int) -> Screen:
    """The roles a colleague may be given."""
    person = roles.find(talk.session, talk.person, person_id)
    others = [role for role in staff_roles(talk.person) if role is not person.role]
    return Screen(
        "person/role",
        shown=person,
        rows=[
            *grid([Act(talk.words.name(role), change_role, person_id, role) for role in others], 2),
            [Link(_("‹ Back"), person_card, person_id)],
        ],
    )


@act("/people/{person_id}/role/{role}", needs=Permission.MANAGE_PEOPLE)
def change_role(talk: Talk, person_id: int, role: Role) -> Screen:
    """Give a colleague another role."""
    roles.change_role(talk.session, talk.person, person_id, role=role, at=talk.now)
    return person_card(talk, person_id)


@page("/people/{person_id}/farewell", needs=Permission.MANAGE_PEOPLE)
def farewell(talk: Talk, person_id: int) -> Screen:
    """Ask before somebody is shut out, and say what becomes of the work."""
    person = roles.find(talk.session, talk.person, person_id)
    return Screen(
        "person/farewell",
        shown=person,
        rows=[[Act(_("🚫 Yes, withdraw"), withdraw, person_id)], [Link(_("‹ Back"), person_card, person_id)]],
    )


@act("/people/{person_id}/withdraw", needs=Permission.MANAGE_PEOPLE)
def withdraw(talk: Talk, person_id: int) -> Screen:
    """Shut somebody out."""
    roles.withdraw(talk.session, talk.person, person_id, at=talk.now)
    return person_card(talk, person_id)


def staff_roles(actor: Person) -> list[Role]:
    """Return the staff roles this leader may give: only an administrator makes another."""
    return [Role.REP, Role.MANAGER, *([Role.ADMIN] if actor.role is Role.ADMIN else [])]


def _line(talk: Talk, person: Person) -> str:
    parts = [
        "🌴" if person.away else "",
        brief(person.name, 30),
        talk.words.name(person.role),
        person.team.name if person.team else "",
    ]
    return brief(" · ".join(part for part in parts if part), 60)


def _managing(talk: Talk, person: Person) -> list[Button | None]:
    if not person.active or not roles.may_manage(talk.person, person):
        return []
    colleague = person.role is not Role.CUSTOMER
    return [
        Go(_("🌴 Away"), f"/people/{person.id}/away") if absences.may_set(talk.person, person) else None,
        Link(_("🎫 Change role"), roles_page, person.id) if colleague else None,
        Link(_("🚫 Withdraw"), farewell, person.id),
    ]


def _to_customer(talk: Talk, person: Person) -> Button | None:
    if person.contact is None or not talk.may(Permission.SEE_CUSTOMERS):
        return None
    return Go(_("🏭 Customer"), f"/customers/{person.contact.customer_id}")
