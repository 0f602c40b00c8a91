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


@pytest.fixture
def users(database: Database) -> Database:
    """A table whose two old columns make the new one, as in docs/backfill.md."""
    database.execute(
        "CREATE TABLE users (id int PRIMARY KEY, username text, mail_domain text, email text)"
    )
    sync = sync_trigger(
        "users",
        set={"email": "lower(username) || '@' || mail_domain"},
        reverse={"username": "split_part(email, '@', 1)"},
    )
    for statement in sync.create:
        database.execute(statement)
    database.execute(
        "INSERT INTO users (id, username, mail_domain) VALUES (1, 'Bob', 'a.com'), (2, 'Ann', NULL)"
    )
    return database


@pytest.mark.parametrize(
    ("write", "rows"),
    [
        ("mail_domain = 'b.com'", ("Bob", "bob@b.com")),
        ("username = 'Eve'", ("Eve", "eve@a.com")),
        ("email = 'eve@c.com'", ("eve", "eve@c.com")),
        ("email = NULL", ("Bob", "bob@a.com")),
        ("id = id", ("Bob", "bob@a.com")),
    ],
)
def test_what_the_trigger_fills_goes_no_way_back(
    users: Database, write: str, rows: tuple[str, str]
) -> None:
    users.execute(f"UPDATE users SET {write} WHERE id = 1")
    assert users.execute("SELECT username, email FROM users WHERE id = 1") == [rows]


def test_a_null_that_old_code_inserts_is_no_gap(database: Database) -> None:
    database.execute("CREATE TABLE users (username text, mail_domain text, email text)")
    sync = sync_trigger(
        "users",
        set={"email": "username || '@' || coalesce(mail_domain, 'x.com')"},
        reverse={"mail_domain": "split_part(email, '@', 2)"},
    )
    for statement in sync.create:
        database.execute(statement)
    database.execute("INSERT INTO users (username) VALUES ('bob')")
    assert database.execute("SELECT * FROM users") == [("bob", None, "bob@x.com")]


@pytest.fixture
def split_name(database: Database) -> Database:
    """A table whose one old column becomes two new ones."""
    database.execute(
        "CREATE TABLE person (id int PRIMARY KEY, full_name text, first_name text, last_name text);"
        "INSERT INTO person VALUES (2, 'Joe Black')"
    )
    sync = sync_trigger(
        "person",
        set={
            "first_name": "split_part(full_name, ' ', 1)",
            "last_name": "split_part(full_name, ' ', 2)",
        },
        reverse={"full_name": "first_name || ' ' || last_name"},
    )
    for statement in sync.create:
        database.execute(statement)
    database.execute("INSERT INTO person (id, full_name) VALUES (1, 'Ann Smith')")
    return database


@pytest.mark.parametrize(
    ("write", "row"),
    [
        ("first_name = 'Mary Ann' WHERE id = 1", ("Mary Ann Smith", "Mary Ann", "Smith")),
        ("last_name = 'Lee' WHERE id = 1", ("Ann Lee", "Ann", "Lee")),
        ("full_name = 'Eve Lee' WHERE id = 1", ("Eve Lee", "Eve", "Lee")),
        # Not filled yet: the name that is not written must not get lost.
        ("first_name = 'Jo Ann' WHERE id = 2", ("Jo Ann Black", "Jo Ann", "Black")),
    ],
)
def test_one_of_two_new_columns_is_written(
    split_name: Database, write: str, row: tuple[str, str, str]
) -> None:
    returned = "RETURNING full_name, first_name, last_name"
    assert split_name.execute(f"UPDATE person SET {write} {returned}") == [row]


def test_new_code_inserts_both_new_columns(split_name: Database) -> None:
    split_name.execute("INSERT INTO person (id, first_name, last_name) VALUES (3, 'Mary', 'Lee')")
    assert split_name.execute("SELECT full_name FROM person WHERE id = 3") == [("Mary Lee",)]


def test_a_column_may_be_made_of_one_that_is_filled_before_it(database: Database) -> None:
    database.execute("CREATE TABLE item (name text, slug text, path text)")
    sync = sync_trigger("item", set={"slug": "lower(name)", "path": "'/' || slug"})
    for statement in sync.create:
        database.execute(statement)
    database.execute("INSERT INTO item (name) VALUES ('A')")
    assert database.execute("SELECT slug, path FROM item") == [("a", "/a")]
    database.execute("UPDATE item SET name = 'B'")
    assert database.execute("SELECT slug, path FROM item") == [("b", "/b")]


@pytest.mark.parametrize("letter", ["c", "é"])
def test_columns_of_long_names_have_triggers_of_their_own(database: Database, letter: str) -> None:
    long = letter * (55 // len(letter.encode()))
    database.execute(f"CREATE TABLE item (old text, {long}_1 text, {long}_2 text)")
    syncs = [
        sync_trigger("item", set={f"{long}_{number}": f"old || {number}"}) for number in (1, 2)
    ]
    for sync in syncs:
        for statement in sync.create:
            database.execute(statement)
    database.execute("INSERT INTO item (old) VALUES ('x')")
    assert database.execute("SELECT * FROM item") == [("x", "x1", "x2")]
    for statement in syncs[0].drop:
        database.execute(statement)
    database.execute("UPDATE item SET old = 'y'")
    assert database.execute("SELECT * FROM item") == [("y", "x1", "y2")]


@pytest.mark.parametrize("table", ["Person", "Public.PERSON", ' "public" . person', '"Mr. ""X"""'])
def test_the_table_is_named_as_in_sql_and_as_in_a_backfill(database: Database, table: str) -> None:
    database.execute(f"CREATE TABLE {table} (name text, done text)")
    sync = sync_trigger(table, set={"done": "upper(name)"})
    for statement in sync.create:
        database.execute(statement)
    database.execute(f"INSERT INTO {table} VALUES ('x')")
    backfill = Backfill(name="fill", table=table, set={"done": "'y'"}, where="done IS NULL")
    assert run_backfill(database.url, backfill).updated == 0
    assert database.execute(f"SELECT * FROM {table}") == [("x", "X")]
    for statement in sync.drop:
        database.execute(statement)
    assert database.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == [(0,)]


@pytest.mark.parametrize("table", ["", "a b", "a.", 'a"b"', "person; DROP TABLE x"])
def test_what_is_no_tables_name_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a table"):
        sync_trigger(table, set={"done": "upper(name)"})


def test_without_any_column_it_is_refused() -> None:
    with pytest.raises(ValueError, match="set names no column of person"):
        sync_trigger("person", set={})


def test_what_the_former_version_made_is_dropped(person: Database) -> None:
    """It made a function and two triggers for each column."""
    for column, stem in (
        ("Full %s name", "person_Full %s name_sync"),
        ("email", "person_email_sync"),
    ):
        person.execute(
            f'''
            CREATE OR REPLACE FUNCTION "My App"."{stem}"() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN NEW."{column}" := 'x'; RETURN NEW; END $$;
            CREATE OR REPLACE TRIGGER "{stem}_ins" BEFORE INSERT ON "My App".person
                FOR EACH ROW EXECUTE FUNCTION "My App"."{stem}"();
            CREATE OR REPLACE TRIGGER "{stem}_upd" BEFORE UPDATE ON "My App".person
                FOR EACH ROW EXECUTE FUNCTION "My App"."{stem}"();
            '''
        )
    test_drop_leaves_nothing_behind(person)


@pytest.mark.parametrize(
    ("expression", "message"),
    [("lower(name", "is not an SQL expression"), ("'constant'", "reads no column")],
)
def test_a_faulty_expression_names_its_column(expression: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"sync trigger: email: .*{message}"):
        sync_trigger("person", set={"email": expression})
