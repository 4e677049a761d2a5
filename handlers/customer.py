"""A customer's card and what hangs on it: the visits made, the complaints, the grade."""

from __future__ import annotations

from crm import briefs, customers, grading, people
from crm.exports import What
from dialog.page import act, page
from dialog.screen import Act, Button, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.contact import contacts_of
from handlers.exporting import to_export
from handlers.paging import leaf, turning
from models.complaint import Complaint
from models.customer import Customer, Grade
from models.person import Permission
from models.problem import AlreadyDone
from models.visit import Reminder, Visit


@page("/customers/{customer_id}", needs=Permission.SEE_CUSTOMERS)
def customer_card(talk: Talk, customer_id: int) -> Screen:
    """One customer: what it is, who is there, what happened last, what is still owed."""
    customer = customers.find(talk.session, talk.person, customer_id)
    known = briefs.brief(talk.session, talk.person, customer, now=talk.now)
    filing = talk.may(Permission.FILE_COMPLAINTS)
    return Screen(
        "customer/card",
        customer=customer,
        brief=known,
        rows=[
            [
                Go(_("📝 Log a visit"), f"/do/visit?customer={customer_id}"),
                Go(_("⚠️ Log a complaint"), f"/do/complaint?customer={customer_id}") if filing else None,
            ],
            [
                Go(_("📞 Log a contact"), f"/customers/{customer_id}/touch"),
                Go(_("🕘 Timeline"), f"/customers/{customer_id}/timeline"),
            ],
            [Link(_("👥 Contacts"), contacts_of, customer_id), Link(_("⋯ More"), customer_more, customer_id)],
        ],
    )


def to_customer(talk: Talk, customer_id: int) -> Link | None:
    """Return the button that opens a customer's card, for whoever may see it."""
    seen = customers.may_see(talk.session, talk.person, customer_id)
    return Link(_("🏭 Customer"), customer_card, customer_id) if seen else None


@page("/customers/{customer_id}/more", needs=Permission.SEE_CUSTOMERS)
def customer_more(talk: Talk, customer_id: int) -> Screen:
    """What is needed less often of one customer."""
    customer = customers.find(talk.session, talk.person, customer_id)
    return Screen(
        "customer/more",
        customer=customer,
        rows=[
            [_planned(talk, customer), Go(_("🤝 Promises"), f"/customers/{customer_id}/pledges")],
            [Link(_("📋 Complaints"), complaints_of, customer_id), Go(_("🗂 File"), f"/customers/{customer_id}/file")],
            [
                Link(_("🏷 Grade"), grades, customer_id) if talk.may(Permission.EDIT_CUSTOMERS) else None,
                Link(_("🏭 Customer"), customer_card, customer_id),
            ],
        ],
    )


@page("/customers/{customer_id}/reminders", needs=Permission.SEE_VISITS)
def reminders_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """What is planned with one customer, the first due first."""
    customer = customers.find(talk.session, talk.person, customer_id)
    promised = briefs.promised(talk.session, talk.person, customer)
    listed, more = leaf(page, lambda limit, offset: promised[offset : offset + limit])
    return Screen(
        "customer/reminders",
        customer=customer,
        reminders=listed,
        rows=[
            *[[Go(_reminder_line(talk, one), f"/reminders/{one.id}")] for one in listed],
            turning(reminders_of, customer_id, page=page, more=more),
            [_planning(talk, customer), Link(_("🏭 Customer"), customer_card, customer_id)],
        ],
    )


@page("/customers/{customer_id}/visits", needs=Permission.SEE_VISITS)
def visits_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """The visits made to one customer, the newest first."""
    customer = customers.find(talk.session, talk.person, customer_id)
    made, more = leaf(
        page,
        lambda limit, offset: briefs.made_to(talk.session, talk.person, customer, limit=limit, offset=offset),
    )
    return Screen(
        "customer/visits",
        customer=customer,
        visits=made,
        rows=[
            *[[Go(_visit_line(talk, visit), f"/visits/{visit.id}")] for visit in made],
            turning(visits_of, customer_id, page=page, more=more),
            [
                Link(_("🏭 Customer"), customer_card, customer_id),
                to_export(talk, What.VISITS, customer=customer_id) if made else None,
            ],
        ],
    )


@page("/customers/{customer_id}/complaints", needs=Permission.SEE_COMPLAINTS)
def complaints_of(talk: Talk, customer_id: int, page: int = 0) -> Screen:
    """The complaints of one customer: the open ones first, then the newest."""
    customer = customers.find(talk.session, talk.person, customer_id)
    made, more = leaf(
        page,
        lambda limit, offset: briefs.complaints_of(talk.session, talk.person, customer, limit=limit, offset=offset),
    )
    return Screen(
        "customer/complaints",
        customer=customer,
        complaints=made,
        rows=[
            *[[Go(_complaint_line(talk, complaint), f"/complaints/{complaint.id}")] for complaint in made],
            turning(complaints_of, customer_id, page=page, more=more),
            [
                Link(_("🏭 Customer"), customer_card, customer_id),
                to_export(talk, What.COMPLAINTS, customer=customer_id) if made else None,
            ],
        ],
    )


@page("/customers/{customer_id}/grade", needs=Permission.EDIT_CUSTOMERS)
def grades(talk: Talk, customer_id: int) -> Screen:
    """The grades there are, to choose another: who leads its owner decides, others propose."""
    customer = customers.find(talk.session, talk.person, customer_id)
    deciding = customers.leads_now(talk.session, talk.person, customer.owner)
    others = [grade for grade in Grade if grade is not customer.grade]
    keys = [
        _to_grade(talk, customer, grade)
        if deciding
        else Act(talk.words.name(grade), propose_grade, customer_id, grade=grade)
        for grade in others
    ]
    return Screen(
        "customer/grades",
        customer=customer,
        deciding=deciding,
        rows=[*[[key] for key in keys], [Link(_("🏭 Customer"), customer_card, customer_id)]],
    )


@act("/customers/{customer_id}/grade/{grade}/propose", needs=Permission.EDIT_CUSTOMERS)
def propose_grade(talk: Talk, customer_id: int, grade: Grade) -> Screen:
    """Put another grade before whoever decides it."""
    grading.propose(talk.session, talk.person, customer_id, grade=grade, at=talk.now)
    return proposed_grade(talk, customer_id, grade, talk.person.id)


@page("/customers/{customer_id}/grade/{grade}/by/{person_id}", needs=Permission.EDIT_CUSTOMERS)
def proposed_grade(talk: Talk, customer_id: int, grade: Grade, person_id: int) -> Screen:
    """The grade somebody proposes: a leader takes it with one tap, until the customer has it."""
    customer = customers.find(talk.session, talk.person, customer_id)
    deciding = customers.leads_now(talk.session, talk.person, customer.owner)
    return Screen(
        "customer/proposed",
        customer=customer,
        by=people.find(talk.session, talk.person, person_id),
        grade=grade,
        deciding=deciding,
        rows=[
            [_to_grade(talk, customer, grade) if deciding and customer.grade is not grade else None],
            [Link(_("🏭 Customer"), customer_card, customer_id)],
        ],
    )


@act("/customers/{customer_id}/grade/{grade}", needs=Permission.EDIT_CUSTOMERS)
def change_grade(talk: Talk, customer_id: int, grade: Grade, version: int) -> Screen:
    """Put a customer into another grade."""
    # A button of last month must not undo what was decided since.
    if customers.find(talk.session, talk.person, customer_id).version != version:
        raise AlreadyDone
    customers.set_grade(talk.session, talk.person, customer_id, grade=grade, at=talk.now)
    return customer_card(talk, customer_id)


def _planned(talk: Talk, customer: Customer) -> Button | None:
    """Return the button that opens the one reminder there is, the list of several, or a plan."""
    promised = briefs.promised(talk.session, talk.person, customer)
    if len(promised) > 1:
        return Link(_("🔔 Reminders: {count}", count=len(promised)), reminders_of, customer.id)
    return Go(_("🔔 Reminder"), f"/reminders/{promised[0].id}") if promised else _planning(talk, customer)


def _to_grade(talk: Talk, customer: Customer, grade: Grade) -> Act:
    return Act(talk.words.name(grade), change_grade, customer.id, grade=grade, version=customer.version)


def _planning(talk: Talk, customer: Customer) -> Go | None:
    return Go(_("📅 Plan"), f"/do/plan?customer={customer.id}") if talk.may(Permission.LOG_VISITS) else None


def _reminder_line(talk: Talk, reminder: Reminder) -> str:
    day = talk.words.written(reminder.day, talk.today)
    return brief(" · ".join(part for part in (f"🔔 {day}", reminder.why) if part), 40)


def _visit_line(talk: Talk, visit: Visit) -> str:
    day = talk.words.written(visit.at.astimezone(talk.zone).date(), talk.today)
    return f"{day} · {talk.words.name(visit.outcome)}"


def _complaint_line(talk: Talk, complaint: Complaint) -> str:
    return f"{complaint.number} · {complaint.severity.value} · {talk.words.name(complaint.stage)}"
