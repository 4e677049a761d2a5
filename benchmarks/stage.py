"""The stage: reps with a customer each, brought by real turns to a question, and put back there before each round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from bot.database import connect
from crm import spelling
from models import migrations
from models.chat import Chat, Conversation
from models.customer import Customer, Grade, Industry, Region
from models.person import Person, Role

PEOPLE = range(500_001, 500_401)
_TABLE = cast("Table", Conversation.__table__)
_PUT_BACK = (
    update(_TABLE)
    .where(_TABLE.c.person_id == bindparam("person"))
    .values({name: bindparam(f"was_{name}") for name in ("revision", "answers", "memo")})
)


class Stage:
    """The people in one database. Their Telegram numbers are PEOPLE."""

    def __init__(self, url: str) -> None:
        self._engine = connect(url)
        migrations.upgrade(self._engine)
        self._remembered: dict[str, list[dict[str, Any]]] = {}

    def set_up(self) -> None:
        """Invent the people and their customers."""
        now = datetime.now(UTC)
        with Session(self._engine) as session:
            for number in PEOPLE:
                rep = Person(telegram_id=number, name="李伟", role=Role.REP, language="zh_CN", joined_at=now)
                session.add(rep)
                session.flush()
                session.add_all([Chat(person_id=rep.id), _firm(number, rep, now)])
            session.commit()

    def customers(self) -> dict[int, str]:
        """Return for each person the button that picks her customer, of the question she is being asked."""
        hers = select(Person.telegram_id, Conversation.revision, Customer.id).join(
            Conversation, Conversation.person_id == Person.id
        )
        with Session(self._engine) as session:
            standing = session.execute(hers.join(Customer, Customer.owner_id == Person.id))
            return {number: f"{revision}:{customer}" for number, revision, customer in standing}

    def remember(self, name: str, *, answered: Sequence[str]) -> None:
        """Remember where everybody stands; all must have answered these questions and no others."""
        with self._engine.connect() as connection:
            columns = _TABLE.c.person_id, _TABLE.c.revision, _TABLE.c.answers, _TABLE.c.memo
            rows = connection.execute(select(*columns)).all()
        assert len(rows) == len(PEOPLE)
        assert all(sorted(row.answers) == sorted(answered) for row in rows)
        self._remembered[name] = [
            {"person": who, "was_revision": revision, "was_answers": answers, "was_memo": memo}
            for who, revision, answers, memo in rows
        ]

    def put_back(self, name: str) -> None:
        """Put everybody back where they stood."""
        with self._engine.begin() as connection:
            connection.execute(_PUT_BACK, self._remembered[name])

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _firm(number: int, rep: Person, now: datetime) -> Customer:
    name = f"华东轴承{number}有限公司"
    return Customer(
        name=name,
        search_key=spelling.key_of(name),
        grade=Grade.A,
        industry=Industry.MACHINERY,
        region=Region.EAST,
        owner_id=rep.id,
        created_at=now,
    )
