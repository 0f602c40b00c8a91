"""The author's expressions see the settings of the role's sessions; what is done is counted."""

import datetime

import pytest

from migrator.backfill import Backfill, BackfillError, RunOptions, run_backfill, sync_trigger
from migrator.backfill.bind_free import bind_free
from tests.migrator.conftest import Database

TABLE = "CREATE TABLE item (id {key} PRIMARY KEY, born_text text, born date)"


def test_a_date_is_read_as_the_application_reads_it(database: Database) -> None:
    database.execute(f"ALTER DATABASE {database.name} SET DateStyle = 'ISO, DMY'")
    database.execute(TABLE.format(key="int"))
    database.execute("INSERT INTO item VALUES (1, '02/03/04')")
    born = {"born": "born_text::date"}
    run_backfill(database.url, Backfill(name="born", table="item", set=born))
    for statement in sync_trigger("item", set=born).create:
        database.execute(statement)
    database.execute("INSERT INTO item VALUES (2, '02/03/04')")
    assert database.execute("SELECT DISTINCT born FROM item") == [(datetime.date(2004, 3, 2),)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("date", "date '2024-01-01' + g"),
        ("timestamptz", "timestamptz '2024-01-01 03:00 UTC' + g * interval '7 min'"),
        ("interval", "g * interval '-1 day 2 hours'"),
        ("float8", "g / 3.0::float8"),
        ("bytea", "decode(lpad(to_hex(g), 8, '0'), 'hex')"),
    ],
)
def test_a_key_is_walked_whatever_the_role_has_values_printed_as(
    database: Database, key: str, value: str
) -> None:
    name = database.name
    database.execute(
        f"ALTER DATABASE {name} SET DateStyle = 'German, DMY';"
        f"ALTER DATABASE {name} SET IntervalStyle = 'sql_standard';"
        f"ALTER DATABASE {name} SET extra_float_digits = -5;"
        f"ALTER DATABASE {name} SET bytea_output = 'escape'"
    )
    database.execute(f"CREATE TABLE item (id {key} PRIMARY KEY, n int NOT NULL DEFAULT 0)")
    database.execute(f"INSERT INTO item SELECT {value} FROM generate_series(1, 3000) g")
    add_one = Backfill(name="add_one", table="item", set={"n": "n + 1"})
    options = RunOptions(batch_seconds=0.001, workers=2)
    assert run_backfill(database.url, add_one, options=options).updated == 3000
    assert database.execute("SELECT min(n), max(n) FROM item") == [(1, 1)]


KEEPERS = {
    "trigger": """
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN IF OLD.id % 10 = 7 THEN RETURN NULL; END IF; RETURN NEW; END';
        CREATE TRIGGER keep BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION keep()
    """,
    "rule": "CREATE RULE keep AS ON UPDATE TO item WHERE OLD.id % 10 = 7 DO INSTEAD NOTHING",
}


@pytest.mark.parametrize("kind", KEEPERS)
@pytest.mark.parametrize("where", [None, "born IS NULL"])
def test_rows_that_stay_as_they_are_are_no_rows_done(
    database: Database, kind: str, where: str | None
) -> None:
    database.execute(TABLE.format(key="int"))
    database.execute("INSERT INTO item SELECT g, '2024-01-01' FROM generate_series(1, 20) g")
    database.execute(KEEPERS[kind])
    fill = Backfill(name="born", table="item", set={"born": "born_text::date"}, where=where)
    message = (
        r"\d+ of \d+ rows of public\.item were not written, such as that with \(id\) = \(1?7\)"
    )
    with pytest.raises(BackfillError, match=message):
        run_backfill(database.url, fill, options=RunOptions(workers=1))
    assert database.execute("SELECT state FROM migrator.migrator_backfill") == [("failed",)]
    database.execute("DROP TRIGGER IF EXISTS keep ON item; DROP RULE IF EXISTS keep ON item")
    assert run_backfill(database.url, fill).remaining == 0
    assert database.execute("SELECT count(*) FROM item WHERE born IS NULL") == [(0,)]


PUTS_BACK = """
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF OLD.id % 10 = 7 THEN NEW.{column} := OLD.{column}; END IF; RETURN NEW; END';
    CREATE TRIGGER keep BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION keep()
"""


@pytest.mark.parametrize("way", ["set", "function"])
@pytest.mark.parametrize("name", ["item", "odd"])
def test_rows_that_keep_their_old_values_are_no_rows_done(
    database: Database, way: str, name: str
) -> None:
    """Also in partitions, which expressions call by the table's name."""
    partitioned = " PARTITION BY RANGE (id)" if name == "odd" else ""
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, a int, n numeric(6, 2) DEFAULT 1.23,"
        f" j json DEFAULT '{{}}') {partitioned}"
    )
    if partitioned:
        database.execute("CREATE TABLE odd PARTITION OF item DEFAULT")
    database.execute("INSERT INTO item (id, a) SELECT g, g FROM generate_series(1, 20) g")
    database.execute(PUTS_BACK.format(column="n"))
    fill = (
        Backfill(name="n", table="item", set={"n": "item.a + 0.001"})
        if way == "set"
        else Backfill(
            name="n",
            table="item",
            function=lambda rows: [{"n": row["a"] + 0.001, "j": "[]"} for row in rows],
        )
    )
    message = r"\d of \d+ rows of public\.\w+ kept their old values, such as .* = \(1?7\)"
    with pytest.raises(BackfillError, match=message):
        run_backfill(database.url, fill, options=RunOptions(workers=1))
    assert database.execute("SELECT state FROM migrator.migrator_backfill") == [("failed",)]
    database.execute("DROP TRIGGER keep ON item")
    assert run_backfill(database.url, fill).remaining == 0
    assert database.execute("SELECT count(*) FROM item WHERE n = a") == [(20,)]


def test_what_a_trigger_makes_of_a_value_is_done(database: Database) -> None:
    """Rounded to the column's scale or put otherwise by a trigger, and the same as before."""
    database.execute("CREATE TABLE item (id int PRIMARY KEY, n numeric(6, 2), t text)")
    database.execute("INSERT INTO item VALUES (1, 1.23, 'a'), (2, NULL, 'B')")
    database.execute(
        "CREATE FUNCTION lower_it() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.t := lower(NEW.t); RETURN NEW; END';"
        "CREATE TRIGGER lower_it BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION lower_it()"
    )
    fill = Backfill(name="n", table="item", set={"n": "1.234", "t": "t || 'X'"})
    assert run_backfill(database.url, fill).updated == 2
    assert database.execute("SELECT n::text, t FROM item ORDER BY id") == [
        ("1.23", "ax"),
        ("1.23", "bx"),
    ]


def test_a_row_that_the_application_has_written_by_then_is_done(database: Database) -> None:
    """Its value is what the trigger makes of the backfill's."""
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, t text, lower text);"
        "INSERT INTO item VALUES (1, 'A');"
        "CREATE FUNCTION lower_it() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.lower := lower(NEW.t); RETURN NEW; END';"
        "CREATE TRIGGER lower_it BEFORE INSERT OR UPDATE ON item"
        " FOR EACH ROW EXECUTE FUNCTION lower_it();"
        "INSERT INTO item VALUES (2, 'B')"
    )
    fill = Backfill(name="n", table="item", set={"lower": "t"})
    assert run_backfill(database.url, fill).updated == 2


@pytest.mark.parametrize("kind", ["json", "point", "jsonb", "int[]"])
def test_a_column_of_any_type_is_kept_in_step(database: Database, kind: str) -> None:
    values = {
        "json": ('{"v": 1}', '{"v": 2}'),
        "point": ("(1,2)", "(3,4)"),
        "jsonb": ('{"v": 1}', '{"v": 2}'),
        "int[]": ("{1}", "{2}"),
    }
    database.execute(f"CREATE TABLE item (id int PRIMARY KEY, old {kind}, new {kind})")
    sync = sync_trigger("item", set={"new": "old"}, reverse={"old": "new"})
    for statement in sync.create:
        database.execute(statement)
    first, second = values[kind]
    database.execute(f"INSERT INTO item (id, old) VALUES (1, '{first}')")
    database.execute(f"UPDATE item SET old = '{second}'")
    same = "SELECT old::text = new::text, new::text FROM item"
    assert database.execute(same)[0][0] is True
    database.execute(f"UPDATE item SET new = '{first}'")
    assert database.execute(same)[0][0] is True


def test_a_colon_in_an_expression_is_no_parameter() -> None:
    from sqlalchemy import text

    odd = """a[(x):n] || '{"v":2, "ü":3}'::jsonb || E'\\n:b'"""
    assert set(text(bind_free(odd)).compile().params) == set()
    assert bind_free("b || 'plain' -- no: colon") == "b || 'plain' -- no: colon"
