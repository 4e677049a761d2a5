"""The migrations make exactly the tables the models speak of, and can take them away again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from models import Base, migrations


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


def test_the_tables_can_be_taken_down_and_put_up_again(engine: Engine):
    migrations.downgrade(engine)
    left = inspect(engine).get_table_names()
    migrations.upgrade(engine)

    assert left == ["alembic_version"]
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_bringing_up_what_is_up_changes_nothing(engine: Engine):
    migrations.upgrade(engine)

    assert len(inspect(engine).get_table_names()) == len(Base.metadata.tables) + 1
