"""Backfills whose work is Python."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from migrator.backfill import Backfill, BackfillError, Batch, RunOptions, run_backfill
from migrator.backfill.definition import Row
from tests.migrator.conftest import Database

OPTIONS = RunOptions(batch_seconds=0.02)
ROWS = 2_000


@pytest.fixture
def item(database: Database) -> Database:
    database.execute(
        "CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text,"
        " payload bytea, tags jsonb, size int, writes int NOT NULL DEFAULT 0);"
        "INSERT INTO item (name, payload)"
        f" SELECT 'n' || g, decode(md5(g::text), 'hex') FROM generate_series(1, {ROWS}) g"
    )
    return database


def test_function_computes_each_row(item: Database) -> None:
    seen: list[set[str]] = []

    def measure(rows: Sequence[Row]) -> list[Row | None]:
        seen.append({column for row in rows for column in row})
        return [
            {"size": len(row["name"]) + row["payload"][0], "writes": row["writes"] + 1}
            for row in rows
        ]

    backfill = Backfill(
        name="measure",
        table="item",
        function=measure,
        columns=("name", "payload", "writes"),
        where="size IS NULL",
    )
    assert run_backfill(item.url, backfill, options=OPTIONS).updated == ROWS
    assert seen[0] == {"name", "payload", "writes"}
    wrong = item.execute(
        "SELECT count(*) FROM item"
        " WHERE size IS DISTINCT FROM length(name) + get_byte(payload, 0) OR writes <> 1"
    )
    assert wrong == [(0,)]


def test_function_leaves_rows_alone_and_sets_different_columns(item: Database) -> None:
    def sort_out(rows: Sequence[Row]) -> list[Row | None]:
        changes: list[Row | None] = []
        for row in rows:
            kind = row["id"] % 3
            changes.append([None, {"size": 1}, {"name": "%s", "size": 2}][kind])
        return changes

    backfill = Backfill(name="sort_out", table="item", function=sort_out)
    result = run_backfill(item.url, backfill, options=OPTIONS)
    counts = item.execute(
        "SELECT count(*) FILTER (WHERE id % 3 = 0 AND size IS NULL),"
        " count(*) FILTER (WHERE id % 3 = 1 AND size = 1 AND name <> '%s'),"
        " count(*) FILTER (WHERE id % 3 = 2 AND size = 2 AND name = '%s') FROM item"
    )
    assert counts == [(666, 667, 667)]
    assert result.updated == 1334


def test_function_works_without_a_key(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (name text, size int);"
        f"INSERT INTO item SELECT 'n' || g FROM generate_series(1, {ROWS}) g"
    )
    backfill = Backfill(
        name="measure",
        table="item",
        function=lambda rows: [{"size": len(row["name"])} for row in rows],
        where="size IS NULL",
    )
    run_backfill(database.url, backfill, options=OPTIONS)
    assert database.execute("SELECT count(*) FROM item WHERE size <> length(name)") == [(0,)]


def test_rows_that_a_trigger_moves_meanwhile_are_written(database: Database) -> None:
    database.execute(
        "CREATE TABLE tree (id int PRIMARY KEY, next_id int, n int DEFAULT 0, m int DEFAULT 0,"
        " touched int DEFAULT 0);"
        f"INSERT INTO tree (id, next_id) SELECT g, g + 1 FROM generate_series(1, {ROWS}) g;"
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN UPDATE tree SET touched = touched + 1 WHERE id = NEW.next_id; RETURN NULL; END';"
        "CREATE TRIGGER touch AFTER UPDATE OF n ON tree FOR EACH ROW EXECUTE FUNCTION touch()"
    )

    def add_one(rows: Sequence[Row]) -> list[Row | None]:
        return [
            {"n": row["n"] + 1} if row["id"] % 2 else {"n": row["n"] + 1, "m": 1} for row in rows
        ]

    backfill = Backfill(name="add_one", table="tree", function=add_one)
    assert run_backfill(database.url, backfill, options=OPTIONS).updated == ROWS
    assert database.execute("SELECT min(n), max(n), sum(m), sum(touched) FROM tree") == [
        (1, 1, ROWS // 2, ROWS - 1)
    ]


def test_rows_that_a_trigger_keeps_are_no_success(item: Database) -> None:
    item.execute(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TRIGGER keep BEFORE UPDATE ON item FOR EACH ROW WHEN (OLD.id = 7)"
        " EXECUTE FUNCTION keep()"
    )
    backfill = Backfill(
        name="sizes", table="item", function=lambda rows: [{"size": 1} for _ in rows]
    )
    with pytest.raises(BackfillError, match=r"sizes: 1 of \d+ rows .* were not written"):
        run_backfill(item.url, backfill)


def test_names_with_a_per_cent_sign(database: Database) -> None:
    database.execute(
        'CREATE TABLE "100 %s" (id int PRIMARY KEY, "rate %" numeric(4, 2), "%(new)s" text);'
        """INSERT INTO "100 %s" VALUES (1, 12.5)"""
    )
    backfill = Backfill(
        name="rates",
        table='"100 %s"',
        function=lambda rows: [{"%(new)s": f"{row['rate %']} %"} for row in rows],
    )
    run_backfill(database.url, backfill)
    assert database.execute("""SELECT "%(new)s" FROM "100 %s" """) == [("12.50 %",)]


VALUES: dict[str, Any] = {
    "smallint": -32768,
    "double precision": float("-inf"),
    "numeric(6,2)": Decimal("-1234.50"),
    "text": "'\\ %s",
    "character(3)": "ab ",
    "character varying(3)": "abc",
    "bit(3)": "101",
    "bytea": b"\0'\\",
    "jsonb": Jsonb({"a": ["%s", None]}),
    "integer[]": [1, None, 3],
    "text[]": [],
    "uuid": UUID(int=7),
    "date": date(2026, 2, 3),
    "timestamp with time zone": datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
    "interval": timedelta(days=-1, seconds=3),
    "int4range": Range(1, 5),
    "boolean": True,
    '"Mood"': "so so",
    "positive": 3,
}


def test_values_of_all_types_arrive_as_they_are(database: Database) -> None:
    columns = ", ".join(f"c{place} {kind}" for place, kind in enumerate(VALUES))
    database.execute(
        """CREATE TYPE "Mood" AS ENUM ('so so'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);"""
        f"CREATE TABLE item (id int PRIMARY KEY, {columns});"
        "INSERT INTO item (id) VALUES (1), (2)"
    )
    values = {f"c{place}": value for place, value in enumerate(VALUES.values())}

    def function(rows: Sequence[Row]) -> list[Row | None]:
        return [values, dict.fromkeys(values)]

    run_backfill(database.url, Backfill(name="all", table="item", function=function))
    first, second = database.execute("SELECT * FROM item ORDER BY id")
    assert list(first[1:]) == [
        value.obj if isinstance(value, Jsonb) else value for value in VALUES.values()
    ]
    assert set(second[1:]) == {None}


def test_a_value_that_is_too_long_is_not_cut(database: Database) -> None:
    database.execute("CREATE TABLE item (id int PRIMARY KEY, code varchar(3))")
    database.execute("INSERT INTO item VALUES (1)")
    backfill = Backfill(name="code", table="item", function=lambda rows: [{"code": "abcd"}])
    with pytest.raises(BackfillError, match="value too long"):
        run_backfill(database.url, backfill)


def test_a_column_that_the_table_does_not_have_is_named(item: Database) -> None:
    backfill = Backfill(
        name="typo", table="item", function=lambda rows: [{"sise": 1} for _ in rows]
    )
    with pytest.raises(BackfillError, match=r"typo: function returned the column 'sise', which"):
        run_backfill(item.url, backfill)


def test_a_function_that_loses_rows_is_refused(item: Database) -> None:
    backfill = Backfill(name="short", table="item", function=lambda rows: [])
    with pytest.raises(BackfillError, match=r"returned 0 results for 10 rows"):
        run_backfill(item.url, backfill)


def test_an_error_of_the_function_ends_the_run_and_changes_nothing(item: Database) -> None:
    def fail(rows: Sequence[Row]) -> list[Row | None]:
        raise ZeroDivisionError("no such size")

    message = "backfill failing: function raised ZeroDivisionError: no such size"
    with pytest.raises(BackfillError, match=message):
        run_backfill(item.url, Backfill(name="failing", table="item", function=fail))
    assert item.execute("SELECT state, error FROM migrator.migrator_backfill") == [
        ("failed", message)
    ]


def test_an_error_of_the_batch_function_says_what_it_is(item: Database) -> None:
    def fail(connection: "psycopg.Connection[Any]", batch: Batch) -> int:
        return {"size": 1}["email"]

    with pytest.raises(BackfillError, match="failing: batch function raised KeyError: 'email'"):
        run_backfill(item.url, Backfill(name="failing", table="item", batch=fail))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda rows: None, "function returned a NoneType, not a list"),
        (lambda rows: ({"size": 1} for _ in rows), "function returned a generator, not a list"),
        (lambda rows: [(1,) for _ in rows], "function returned a tuple for a row"),
    ],
)
def test_a_function_that_returns_something_else_is_refused(
    item: Database, function: Any, message: str
) -> None:
    with pytest.raises(BackfillError, match=f"other: {message}"):
        run_backfill(item.url, Backfill(name="other", table="item", function=function))


def test_batch_function_writes_another_table(item: Database) -> None:
    item.execute("CREATE TABLE copy (id bigint PRIMARY KEY, name text)")

    def copy(connection: "psycopg.Connection[Any]", batch: Batch) -> int:
        query = sql.SQL("INSERT INTO copy SELECT id, name FROM ONLY {} WHERE {}")
        return connection.execute(query.format(batch.table, batch.condition)).rowcount

    result = run_backfill(
        item.url, Backfill(name="copy", table="item", batch=copy), options=OPTIONS
    )
    assert result.updated == ROWS
    assert item.execute(
        "SELECT count(*) FROM copy JOIN item USING (id, name)"
    ) == [(ROWS,)]  # fmt: skip


def test_a_batch_function_must_count(item: Database) -> None:
    backfill = Backfill(name="mute", table="item", batch=lambda connection, batch: None)  # pyright: ignore[reportArgumentType]
    with pytest.raises(BackfillError, match="must return the number of rows"):
        run_backfill(item.url, backfill)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "Fill Email"}, "use lower-case letters"),
        ({"set": None}, "exactly one of set, function and batch, not none"),
        ({"function": lambda rows: []}, "not set and function"),
        ({"set": {"email": "lower(name"}}, r"set\['email'\] is not an SQL expression"),
        ({"where": "email IS NULL; DROP TABLE x"}, "where is not an SQL expression"),
        ({"set": {"n": None}}, r"fill: set must be a mapping of .*, not {'n': None}"),
        ({"set": {"n": 5}}, r"set must be a mapping of column to SQL expression, not {'n': 5}"),
        ({"set": "n = 5"}, "set must be a mapping"),
        ({"where": True}, "where must be an SQL expression, not True"),
        ({"set": None, "function": "abc"}, "function must be a function, not 'abc'"),
        ({"set": None, "batch": 5}, "batch must be a function, not 5"),
        ({"key": "id"}, "key must be a tuple of column names, not 'id'"),
        ({"columns": "id"}, "columns must be a tuple of column names, not 'id'"),
        ({"table": None}, "table must be a text, not None"),
        ({"table": "a b"}, "table: 'a b' is not the name of a table"),
        ({"name": 5}, "name must be a text, not 5"),
    ],
)
def test_a_faulty_definition_names_its_field(fields: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"name": "fill", "table": "t", "set": {"a": "b"}}
    with pytest.raises(ValueError, match=message):
        Backfill(**{**good, **fields})
