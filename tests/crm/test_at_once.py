"""Two who decide or write at once: nothing is lost, nothing stays with who has gone, and one learns that it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import customers, filing, handover, merging, notices, profiles, roles, visits
from models.complaint import Complaint
from models.customer import Contact, Customer
from models.notice import Notice
from models.person import Person, Role
from models.problem import AlreadyDone, Problem
from models.visit import Outcome, Visit, VisitKind
from tests.conftest import TUESDAY_MORNING as NOW
from tests.conftest import added, firm, joined

Work = Callable[[Session], object]


@dataclass
class Office:
    """People and customers by name, and desks to work at side by side."""

    desk: Callable[[], AbstractContextManager[Session]]
    people: dict[str, int]
    firms: dict[str, int]

    def person(self, session: Session, name: str) -> Person:
        return session.get_one(Person, self.people[name])

    def firm(self, session: Session, name: str) -> Customer:
        return session.get_one(Customer, self.firms[name])

    def at_once(self, first: Work, second: Work) -> list[Exception]:
        """Do the second work while the first is not committed yet; return what became of it, if it was refused."""
        refused: list[Exception] = []

        def meanwhile() -> None:
            try:
                with self.desk() as session:
                    second(session)
            except Problem as problem:
                refused.append(problem)

        other = threading.Thread(target=meanwhile)
        with self.desk() as session:
            first(session)
            session.flush()
            other.start()
            other.join(0.5)
        other.join(10)
        return refused

    def merges(self, who: str, *, into: str, what: str) -> Work:
        def work(session: Session) -> None:
            files = (self.firms[into], self.firms[what])
            merging.merge(session, self.person(session, who), *files, versions=(1, 1), at=NOW)

        return work

    def hands_over(self, who: str, *, to: str) -> Work:
        def work(session: Session) -> None:
            pair = (self.people["李伟"], self.people[to])
            handover.hand_over(session, self.person(session, who), *pair, at=NOW)

        return work

    def logs_and_files(self, session: Session) -> None:
        """A visit and a complaint at 甲."""
        li, customer = self.person(session, "李伟"), self.firm(session, "甲")
        visits.log(session, li, customer=customer, kind=VisitKind.ROUTINE, outcome=Outcome.GOOD, at=NOW)
        filing.file(session, self.person(session, "王芳"), customer=customer, words="异响", at=NOW)


@pytest.fixture
def office(two_desks: Callable[[], AbstractContextManager[Session]]) -> Office:
    """Two administrators, three reps, and three customers of the first of them; 王芳 is at 甲."""
    with two_desks() as session:
        people = {name: joined(session, name, Role.ADMIN, 2000 + n) for n, name in enumerate(("孙丽", "钱进"))}
        people |= {name: joined(session, name, Role.REP, 2010 + n) for n, name in enumerate(("李伟", "赵敏", "吴倩"))}
        firms = {name: firm(session, name, owner=people["李伟"]) for name in ("甲", "乙", "丙")}
        for name, customer in firms.items():
            added(session, Contact(customer_id=customer.id, name=f"{name}的联系人", created_at=NOW))
        people["王芳"] = joined(session, "王芳", Role.CUSTOMER, 2020, contact_id=firms["甲"].contacts[0].id)
        ids = [{name: row.id for name, row in rows.items()} for rows in (people, firms)]
    return Office(two_desks, *ids)


def seen(office: Office) -> dict[str, set[str]]:
    """The customers an administrator sees, each with its contacts."""
    with office.desk() as session:
        rows = session.scalars(customers.visible_to(office.person(session, "孙丽"))).all()
        return {customer.name: {contact.name[0] for contact in customer.contacts} for customer in rows}


def test_of_two_who_merge_crosswise_one_does_and_neither_file_vanishes(office: Office):
    refused = office.at_once(office.merges("孙丽", into="甲", what="乙"), office.merges("钱进", into="乙", what="甲"))

    assert isinstance(refused[0], AlreadyDone)
    assert seen(office) == {"甲": {"甲", "乙"}, "丙": {"丙"}}


def test_a_file_that_is_being_merged_is_not_merged_into_as_well(office: Office):
    refused = office.at_once(office.merges("孙丽", into="乙", what="甲"), office.merges("钱进", into="丙", what="乙"))

    assert isinstance(refused[0], AlreadyDone)
    assert seen(office) == {"乙": {"甲", "乙"}, "丙": {"丙"}}


def test_what_a_file_became_is_not_merged_in_its_place(office: Office):
    refused = office.at_once(office.merges("孙丽", into="丙", what="乙"), office.merges("钱进", into="乙", what="甲"))

    assert isinstance(refused[0], AlreadyDone)
    assert seen(office) == {"甲": {"甲"}, "丙": {"乙", "丙"}}


@pytest.mark.parametrize("merging_comes_first", [False, True])
def test_what_is_written_at_a_file_while_it_is_merged_is_at_the_survivors(office: Office, merging_comes_first: bool):
    works = (office.logs_and_files, office.merges("孙丽", into="乙", what="甲"))

    assert not office.at_once(*(reversed(works) if merging_comes_first else works))

    with office.desk() as session:
        moved = merging.move_strays(session, now=NOW)
        assert merging.move_strays(session, now=NOW) == 0
        assert moved <= int(merging_comes_first)
    with office.desk() as session:
        assert [visit.customer.name for visit in session.scalars(select(Visit))] == ["乙"]
        assert [complaint.customer.name for complaint in session.scalars(select(Complaint))] == ["乙"]


def test_of_two_who_hand_over_the_same_work_one_does_and_one_successor_is_told(office: Office):
    refused = office.at_once(office.hands_over("孙丽", to="赵敏"), office.hands_over("钱进", to="吴倩"))

    assert isinstance(refused[0], AlreadyDone)
    with office.desk() as session:
        assert {customer.owner.name for customer in session.scalars(select(Customer))} == {"赵敏"}
        told = select(Person.name).join(Notice, Notice.to_id == Person.id).where(Notice.address.like("/handovers/%"))
        assert set(session.scalars(told)) == {"李伟", "赵敏"}


@pytest.mark.parametrize("withdrawing_comes_first", [False, True])
def test_a_complaint_filed_while_its_owner_is_withdrawn_has_a_living_owner_who_is_told(
    office: Office, withdrawing_comes_first: bool
):
    def withdraws(session: Session) -> None:
        roles.withdraw(session, office.person(session, "孙丽"), office.people["李伟"], at=NOW)

    def files(session: Session) -> None:
        customer = office.firm(session, "甲")
        filing.file(session, office.person(session, "王芳"), customer=customer, words="异响", at=NOW)

    works = (files, withdraws)
    assert not office.at_once(*(reversed(works) if withdrawing_comes_first else works))

    with office.desk() as session:
        assert handover.give_back_of_the_gone(session, now=NOW) <= int(withdrawing_comes_first)
        assert handover.give_back_of_the_gone(session, now=NOW) == 0
        complaint = session.scalars(select(Complaint)).one()
        assert complaint.in_charge.name == "孙丽"
        left = session.scalars(select(Notice).where(Notice.address == f"/complaints/{complaint.id}"))
        assert "孙丽" in {notices.receiver(session, notice).name for notice in left}


def test_a_plan_made_while_all_is_handed_over_goes_over_too(office: Office):
    assert not office.at_once(office.logs_and_files, office.hands_over("孙丽", to="赵敏"))

    with office.desk() as session:
        assert handover.looked_after(session, office.person(session, "李伟")) == handover.Estate(0, 0, 0, 0)


def test_two_put_the_same_tag_on_a_customer_and_it_is_there_once(office: Office):
    def tags(who: str) -> Work:
        return lambda session: profiles.tag(
            session, office.person(session, who), office.firms["甲"], word="重点", at=NOW
        )

    assert not office.at_once(tags("李伟"), tags("孙丽"))

    with office.desk() as session:
        assert [tag.word for tag in office.firm(session, "甲").tags] == ["重点"]


def test_what_nobody_can_be_given_is_left_where_it_is_and_the_clock_goes_on(office: Office):
    with office.desk() as session:
        office.logs_and_files(session)
        first, second = office.firm(session, "甲"), office.firm(session, "乙")
        first.merged_into_id, second.merged_into_id = second.id, first.id
        office.person(session, "李伟").withdrawn_at = NOW

    with office.desk() as session:
        assert merging.move_strays(session, now=NOW) == 0
        assert handover.give_back_of_the_gone(session, now=NOW) == 0
