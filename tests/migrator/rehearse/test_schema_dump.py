"""Two dumps are the same when the schemas are."""

from migrator.rehearse.schema_dump import difference, dump_schema
from tests.migrator.conftest import Database


def dump(database: Database) -> str:
    return dump_schema(database.server, database.name, version_table="alembic_version")


def test_column_order_and_the_migrators_own_tables_do_not_count(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (a int, b text NOT NULL DEFAULT ',', c numeric(5, 2));"
        "CREATE TABLE alembic_version (version_num text); CREATE SCHEMA migrator;"
        "CREATE TABLE migrator.journal (a int)"
    )
    before = dump(database)
    database.execute(
        "ALTER TABLE item DROP a; ALTER TABLE item ADD a int;"
        "DROP TABLE alembic_version; DROP SCHEMA migrator CASCADE"
    )
    assert difference(before, dump(database)) == ""


def test_a_changed_default_is_shown(database: Database) -> None:
    database.execute("CREATE TABLE item (a int, b text DEFAULT 'x')")
    before = dump(database)
    database.execute("ALTER TABLE item ALTER b SET DEFAULT 'y'")
    shown = difference(before, dump(database))
    assert shown.split("\n") == [
        "-    b text DEFAULT 'x'::text",
        "+    b text DEFAULT 'y'::text",
    ]
