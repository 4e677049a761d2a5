"""The migrations make exactly the tables the models speak of, and can take them away again."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, select
from sqlalchemy.orm import Session

from crm import attachments
from models import Base, migrations
from models.attachment import Attachment, FileState, NotKept
from models.customer import Contact
from tests.conftest import empty_tables

MARCH = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_models_match_the_migrations(engine: Engine):
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert differences == []


def test_every_foreign_key_of_the_models_stands_in_the_database(engine: Engine):
    def keys(table):  # by what they say: SQLite forgets the name of one that was added later
        found = inspect(engine).get_foreign_keys(table)
        return {(table, *key["constrained_columns"], key["referred_table"]) for key in found}

    declared = {
        (table.name, *key.column_keys, key.referred_table.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_key_constraints
    }

    assert {key for table in Base.metadata.tables for key in keys(table)} == declared


def test_every_index_of_the_models_stands_in_the_database(engine: Engine):
    """Comparing with the models passes over an index on an expression, and SQLite may lose one with its table."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'index'"
            if engine.dialect.name == "sqlite"
            else "SELECT indexname FROM pg_indexes"
        )
        there = {name for (name,) in rows}

    declared = {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}
    assert declared - there == set()


def test_the_tables_can_be_taken_down_and_put_up_again(engine: Engine):
    migrations.downgrade(engine)
    left = inspect(engine).get_table_names()
    migrations.upgrade(engine)

    assert left == ["alembic_version"]
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_attachments_from_before_there_was_a_store_wait_for_it_and_outlive_the_way_back(engine: Engine):
    li = {"id": 1, "name": "李伟", "role": "rep", "joined_at": MARCH, "morning_card": True, "evening_card": True}
    photo = {"id": 1, "sender_id": 1, "kind": "photo", "file_id": "f", "unique_id": "u", "name": "", "at": MARCH}
    migrations.downgrade(engine, "0001")
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection, only=["person", "attachment"])
        connection.execute(tables.tables["person"].insert().values(li))
        connection.execute(tables.tables["attachment"].insert().values(photo))

    migrations.upgrade(engine)
    with Session(engine) as session:
        kept = session.scalars(select(Attachment)).one()
        assert (kept.state, kept.why, kept.attempts, kept.stored_as) == (FileState.WAITING, None, 0, None)
        claim = attachments.claim(session, now=MARCH)
        assert claim is not None
        assert attachments.refuse(session, claim, NotKept.BROKEN, at=MARCH)
        session.commit()
    migrations.downgrade(engine, "0001")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT file_id FROM attachment").all() == [("f",)]
    migrations.upgrade(engine)
    empty_tables(engine)


def test_bringing_up_what_is_up_changes_nothing(engine: Engine):
    migrations.upgrade(engine)

    assert len(inspect(engine).get_table_names()) == len(Base.metadata.tables) + 1


def test_notices_that_wait_are_somebodys_work_afterwards_and_nothing_is_lost_on_the_way_back(engine: Engine):
    migrations.downgrade(engine, "0001")
    day = "'2026-03-10 02:00:00+00:00'"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO person (id, name, role, joined_at, morning_card, evening_card)"
            f" VALUES (1, '李伟', 'rep', {day}, true, true)"
        )
        for number, (key, state) in enumerate(
            [("letter:1", "ready"), ("letter:2", "sent"), ("card:morning:1", "ready")]
        ):
            connection.exec_driver_sql(
                "INSERT INTO notice (id, key, to_id, address, ping, urgent, at_most_once, due_at, valid_until, state,"
                f" attempts, unknowns, why) VALUES ({number + 1}, '{key}', 1, '/', true, false, false, {day}, {day},"
                f" '{state}', 0, 0, '')"
            )
    work = "SELECT work_of_id FROM notice ORDER BY id"
    try:
        migrations.upgrade(engine)
        with engine.begin() as connection:
            assert list(connection.exec_driver_sql(work).scalars()) == [1, None, None]
        migrations.downgrade(engine, "0001")
        with engine.begin() as connection:
            assert len(connection.exec_driver_sql("SELECT id FROM notice").all()) == 3
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM notice")
            connection.exec_driver_sql("DELETE FROM person")
        migrations.upgrade(engine)


def test_telephone_numbers_that_are_there_can_be_compared_afterwards(engine: Engine):
    li = {"id": 1, "name": "李伟", "role": "rep", "joined_at": MARCH, "morning_card": True, "evening_card": True}
    firm = {"id": 1, "name": "华东轴承", "search_key": "", "grade": "A", "industry": "other", "region": "east"}
    firm |= {"owner_id": 1, "created_at": MARCH, "version": 1, "ownership": "unknown", "registration": ""}
    wang = {"customer_id": 1, "name": "王芳", "position": "", "evidence": "", "created_at": MARCH, "version": 1}
    numbers = ["+86 138-0000-1234", "12345", ""]
    migrations.downgrade(engine, "0001")
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection, only=["person", "customer", "contact"])
        connection.execute(tables.tables["person"].insert().values(li))
        connection.execute(tables.tables["customer"].insert().values(firm))
        for id_, number in enumerate(numbers, start=1):
            connection.execute(tables.tables["contact"].insert().values(wang | {"id": id_, "phone": number}))

    migrations.upgrade(engine)
    with Session(engine) as session:
        assert session.scalars(select(Contact.dialled).order_by(Contact.id)).all() == ["13800001234", "", ""]
    migrations.downgrade(engine, "0001")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT phone FROM contact ORDER BY id").scalars().all() == numbers
    migrations.upgrade(engine)
    empty_tables(engine)


def test_what_was_gathered_is_not_sent_again_by_a_house_that_does_not_know_gathering(engine: Engine):
    day = "'2026-03-10 02:00:00+00:00'"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO person (id, name, role, joined_at, morning_card, evening_card)"
            f" VALUES (1, '李伟', 'rep', {day}, true, true)"
        )
        for number, state, into in ((1, "sent", "NULL"), (2, "gathered", "1"), (3, "ready", "NULL")):
            connection.exec_driver_sql(
                "INSERT INTO notice (id, key, to_id, address, reason, gathered_into_id, ping, urgent, at_most_once,"
                " due_at, valid_until, state, attempts, unknowns, why)"
                f" VALUES ({number}, 'n:{number}', 1, '/', 'new', {into}, true, false, false, {day}, {day}, '{state}',"
                " 0, 0, '')"
            )
    try:
        migrations.downgrade(engine, "0004")
        with engine.begin() as connection:
            states = list(connection.exec_driver_sql("SELECT state FROM notice ORDER BY id").scalars())
        assert states == ["sent", "suppressed", "ready"]
        migrations.upgrade(engine)
        with engine.begin() as connection:
            assert list(connection.exec_driver_sql("SELECT DISTINCT reason FROM notice").scalars()) == [None]
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM notice")
            connection.exec_driver_sql("DELETE FROM person")
        migrations.upgrade(engine)
