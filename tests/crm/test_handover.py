"""Two leaders who decide at once about one customer: one of them does, and nobody is told what is not so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import handover
from models.audit import AuditEntry
from models.customer import Customer
from models.notice import Notice
from models.person import Person, Role
from models.problem import AlreadyDone
from tests.conftest import TUESDAY_MORNING, firm, joined

Desks = Callable[[], AbstractContextManager[Session]]


def test_of_two_leaders_who_give_one_customer_away_at_once_the_second_learns_that_it_is_done(two_desks: Desks):
    with two_desks() as session:
        sun, chen = (joined(session, name, Role.ADMIN, 2000 + n) for n, name in enumerate(("孙丽", "陈静")))
        li, zhao, wu = (joined(session, name, Role.REP, 2010 + n) for n, name in enumerate(("李伟", "赵敏", "吴倩")))
        customer = firm(session, "华东轴承有限公司", owner=li)
        ids = {person.name: person.id for person in (sun, chen, li, zhao, wu)}
        number = customer.id
    refused: list[AlreadyDone] = []

    def second() -> None:
        try:
            with two_desks() as session:
                actor = session.get_one(Person, ids["陈静"])
                handover.give(session, actor, number, ids["李伟"], ids["吴倩"], at=TUESDAY_MORNING)
        except AlreadyDone as problem:
            refused.append(problem)

    other = threading.Thread(target=second)
    with two_desks() as session:
        actor = session.get_one(Person, ids["孙丽"])
        handover.give(session, actor, number, ids["李伟"], ids["赵敏"], at=TUESDAY_MORNING)
        other.start()
        other.join(0.5)
    other.join(10)

    with two_desks() as session:
        assert session.get_one(Customer, number).owner_id == ids["赵敏"]
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.handed_over")).all()) == 1
        assert set(session.scalars(select(Notice.to_id))) == {ids["李伟"], ids["赵敏"]}
    assert len(refused) == 1
