"""The sync trigger keeps two columns in step, whoever writes."""

import pytest

from migrator.backfill import Backfill, run_backfill, sync_trigger
from tests.migrator.conftest import Database

TABLE = """
CREATE SCHEMA "My App";
CREATE TABLE "My App".person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Full %s name" text, email text,
    note text, writes int NOT NULL DEFAULT 0
)
"""
FORWARD = {"email": """lower("Full %s name") || '@x'"""}
REVERSE = {"Full %s name": "split_part(email, '@', 1)"}
BOTH = sync_trigger('"My App".person', set=FORWARD, reverse=REVERSE)


@pytest.fixture
def person(database: Database) -> Database:
    database.execute(TABLE)
    for statement in BOTH.create:
        database.execute(statement)
    database.execute("""INSERT INTO "My App".person ("Full %s name") VALUES ('Ann')""")
    return database


def row(database: Database, number: int = 1) -> tuple[object, ...]:
    (found,) = database.execute(
        f'SELECT "Full %s name", email FROM "My App".person WHERE id = {number}'
    )
    return found


def test_what_old_code_inserts_is_carried_over(person: Database) -> None:
    assert row(person) == ("Ann", "ann@x")


def test_what_old_code_changes_is_carried_over(person: Database) -> None:
    person.execute("""UPDATE "My App".person SET "Full %s name" = 'Bob'""")
    assert row(person) == ("Bob", "bob@x")


def test_what_new_code_writes_is_left_alone_and_carried_back(person: Database) -> None:
    person.execute("""UPDATE "My App".person SET email = 'eve@y'""")
    assert row(person) == ("eve", "eve@y")
    person.execute("""INSERT INTO "My App".person (email) VALUES ('zoe@z')""")
    assert row(person, 2) == ("zoe", "zoe@z")


def test_when_both_are_written_both_are_kept(person: Database) -> None:
    person.execute("""UPDATE "My App".person SET "Full %s name" = 'Bob', email = 'eve@y'""")
    assert row(person) == ("Bob", "eve@y")


def test_any_write_fills_a_row_that_is_not_filled_yet(person: Database) -> None:
    person.execute(
        "SET groundwork.backfill = 'on';"
        """INSERT INTO "My App".person ("Full %s name") VALUES ('Old')"""
    )
    assert row(person, 2) == ("Old", None)
    person.execute("""UPDATE "My App".person SET note = 'x' WHERE id = 2""")
    assert row(person, 2) == ("Old", "old@x")


def test_the_backfill_does_not_fire_it(person: Database) -> None:
    person.execute(
        "SET groundwork.backfill = 'on';"
        """INSERT INTO "My App".person ("Full %s name") SELECT 'Old' || g
           FROM generate_series(1, 500) g"""
    )
    backfill = Backfill(
        name="fill", table='"My App".person', set={"email": "'filled'"}, where="email IS NULL"
    )
    assert run_backfill(person.url, backfill).updated == 500
    # Had the way back fired, the old column would have changed.
    assert row(person, 2) == ("Old1", "filled")


def test_drop_leaves_nothing_behind(person: Database) -> None:
    for statement in BOTH.drop:
        person.execute(statement)
    left = person.execute(
        "SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),"
        " (SELECT count(*) FROM pg_proc WHERE proname LIKE '%sync%'"
        """ AND pronamespace = '"My App"'::regnamespace)"""
    )
    assert left == [(0, 0)]


@pytest.mark.parametrize(
    ("expression", "message"),
    [("lower(name", "is not an SQL expression"), ("'constant'", "reads no column")],
)
def test_a_faulty_expression_names_its_column(expression: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"sync trigger: email: .*{message}"):
        sync_trigger("person", set={"email": expression})
