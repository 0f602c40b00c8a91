"""Two dumps are the same when the schemas are."""

import pytest

from migrator.rehearse.schema_dump import difference, dump_schema
from tests.migrator.conftest import Database


def dump(database: Database) -> str:
    return dump_schema(database.server, database.name, version_table=("public", "alembic_version"))


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


@pytest.mark.parametrize(
    ("body", "other", "shown"),
    [
        ("SET a = 1;", "SET a = 2;", ["-SET a = 1;", "+SET a = 2;"]),
        ("-- as before", "-- not so", ["--- as before", "+-- not so"]),
        ("a := 1;\n\na := 2;", "a := 2;\n\na := 1;", None),
    ],
)
def test_every_line_of_a_function_counts(
    database: Database, body: str, other: str, shown: list[str] | None
) -> None:
    function = """
CREATE OR REPLACE FUNCTION reset() RETURNS void LANGUAGE plpgsql AS $$
DECLARE a int;
BEGIN
{}
END $$"""
    texts = []
    for each in (body, other):
        database.execute(function.format(each))
        texts.append(dump(database))
    lines = difference(*texts).split("\n")
    assert lines == shown if shown else lines != [""]


def test_a_function_of_sql_is_one_statement(database: Database) -> None:
    function = (
        "CREATE OR REPLACE FUNCTION twice(a int) RETURNS int LANGUAGE sql\n"
        "BEGIN ATOMIC SELECT a + {}; SELECT a + {}; END"
    )
    database.execute(function.format(1, 2))
    before = dump(database)
    database.execute(function.format(2, 1))
    assert difference(before, dump(database)) != ""
