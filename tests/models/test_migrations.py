"""The migrations make exactly the tables the models speak of, and can take them away again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, inspect, text

from models import Base, migrations


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


def test_bringing_up_what_is_up_changes_nothing(engine: Engine):
    migrations.upgrade(engine)

    assert len(inspect(engine).get_table_names()) == len(Base.metadata.tables) + 1


def test_telephone_numbers_that_are_there_can_be_compared_afterwards(engine: Engine):
    migrations.downgrade(engine, "0001")
    at = "2026-03-10 02:00:00"
    person = {"id": 1, "name": "李伟", "role": "rep", "joined_at": at, "morning_card": True, "evening_card": True}
    firm = {"id": 1, "name": "华东轴承", "search_key": "", "grade": "A", "industry": "other", "region": "east"}
    with engine.begin() as connection:
        _put(connection, "person", person)
        _put(connection, "customer", firm | {"owner_id": 1, "created_at": at, "version": 1, "ownership": "unknown"})
        for id_, phone in enumerate(("+86 138-0000-1234", "12345", ""), start=1):
            facts = {"id": id_, "customer_id": 1, "name": "王芳", "position": "", "phone": phone, "evidence": ""}
            _put(connection, "contact", facts | {"created_at": at, "version": 1})

    migrations.upgrade(engine)

    with engine.begin() as connection:
        dialled = connection.scalars(text("SELECT dialled FROM contact ORDER BY id")).all()
        for table in ("contact", "customer", "person"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert dialled == ["13800001234", "", ""]


def _put(connection: Connection, table: str, row: dict[str, object]) -> None:
    """Insert a row as the tables were then."""
    there = Table(table, MetaData(), autoload_with=connection)
    missing = {column.name: "" for column in there.columns if not column.nullable and column.name not in row}
    values = ", ".join(f":{name}" for name in row | missing)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(row | missing)}) VALUES ({values})"), row | missing)
