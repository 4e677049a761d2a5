"""The migrations make exactly the tables the models speak of, and can take them away again."""

from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, select
from sqlalchemy.orm import Session

from crm import attachments
from models import Base, migrations
from models.attachment import Attachment, FileState, NotKept
from tests.conftest import empty_tables

MARCH = datetime(2026, 3, 10, tzinfo=UTC)


def test_the_models_match_the_migrations(engine: Engine):
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert differences == []


def test_every_foreign_key_of_the_models_stands_in_the_database(engine: Engine):
    def keys(names):
        return {(table, key["name"]) for table in names for key in inspect(engine).get_foreign_keys(table)}

    declared = {
        (table.name, key.name) for table in Base.metadata.tables.values() for key in table.foreign_key_constraints
    }

    assert keys(Base.metadata.tables) == declared


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
        assert attachments.refuse(session, claim, NotKept.BROKEN)
        session.commit()
    migrations.downgrade(engine, "0001")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT file_id FROM attachment").all() == [("f",)]
    migrations.upgrade(engine)
    empty_tables(engine)


def test_bringing_up_what_is_up_changes_nothing(engine: Engine):
    migrations.upgrade(engine)

    assert len(inspect(engine).get_table_names()) == len(Base.metadata.tables) + 1
