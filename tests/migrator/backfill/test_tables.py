"""Every kind of table that an application may have is filled, whole and once."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql
from rich.console import Console

from migrator.backfill import Backfill, BackfillError, Batch, RunOptions, remaining, run_backfill
from migrator.backfill.preview import explain
from migrator.backfill.target import find_leaves
from tests.migrator.conftest import Database

# Small batches, so that a few thousand rows make many.
OPTIONS = RunOptions(batch_seconds=0.02)
ROWS = 3_000

# Creates the table `item` with a column `name`, and fills it with ROWS rows named n1, n2, …
TABLES = {
    "bigint key": """
        CREATE TABLE item (id bigint PRIMARY KEY, name text, done text, writes int DEFAULT 0);
        INSERT INTO item (id, name) SELECT g * 7 - 9000, 'n' || g FROM generate_series(1, 3000) g
    """,
    "generated always as identity": """
        CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, done text,
            writes int DEFAULT 0);
        INSERT INTO item (name) SELECT 'n' || g FROM generate_series(1, 3000) g
    """,
    "uuid key": """
        CREATE TABLE item (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, done text,
            writes int DEFAULT 0);
        INSERT INTO item (name) SELECT 'n' || g FROM generate_series(1, 3000) g
    """,
    "text key with quotes": """
        CREATE TABLE item (id text PRIMARY KEY, name text, done text,
            writes int DEFAULT 0);
        INSERT INTO item (id, name) SELECT chr(g % 600 + 32) || '''\\"{}%s' || g, 'n' || g
        FROM generate_series(1, 3000) g
    """,
    "composite key": """
        CREATE TABLE item (tenant text, at timestamptz, part smallint, name text, done text,
            writes int DEFAULT 0, PRIMARY KEY (tenant, at, part));
        INSERT INTO item (tenant, at, part, name)
        SELECT 't' || g % 7, '2026-01-01'::timestamptz + (g % 50) * interval '1.5 ms', g, 'n' || g
        FROM generate_series(1, 3000) g
    """,
    "char, numeric and float key": """
        CREATE TABLE item (code char(3), price numeric(12, 4), weight float8, name text, done text,
            writes int DEFAULT 0, PRIMARY KEY (code, price, weight));
        INSERT INTO item (code, price, weight, name)
        SELECT chr(65 + g % 20), g / 7.0, g / 3.0::float8, 'n' || g FROM generate_series(1, 3000) g
    """,
    "unique key instead of a primary one": """
        CREATE TABLE item (code text NOT NULL UNIQUE, name text, done text, writes int DEFAULT 0);
        INSERT INTO item (code, name) SELECT md5(g::text), 'n' || g FROM generate_series(1, 3000) g
    """,
    "no key": """
        CREATE TABLE item (name text, done text, writes int DEFAULT 0);
        INSERT INTO item (name) SELECT 'n' || g FROM generate_series(1, 3000) g
    """,
    "partitions of two levels, one empty": """
        CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY, area int, name text, done text,
            writes int DEFAULT 0, PRIMARY KEY (id, area)) PARTITION BY LIST (area);
        CREATE TABLE item_0 PARTITION OF item FOR VALUES IN (0);
        CREATE TABLE item_1 PARTITION OF item FOR VALUES IN (1) PARTITION BY HASH (id);
        CREATE TABLE item_1a PARTITION OF item_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE item_1b PARTITION OF item_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        CREATE TABLE item_2 PARTITION OF item FOR VALUES IN (2);
        INSERT INTO item (area, name) SELECT g % 2, 'n' || g FROM generate_series(1, 3000) g
    """,
    "inheritance": """
        CREATE TABLE item (id bigint PRIMARY KEY, name text, done text, writes int DEFAULT 0);
        CREATE TABLE item_old (PRIMARY KEY (id)) INHERITS (item);
        INSERT INTO item (id, name) SELECT g, 'n' || g FROM generate_series(1, 1000) g;
        INSERT INTO item_old (id, name) SELECT g, 'n' || g FROM generate_series(1001, 3000) g
    """,
    "quoted names": """
        CREATE SCHEMA "My Shop";
        CREATE TABLE "My Shop"."item" ("the %s ""id"" no." bigint PRIMARY KEY, name text, done text,
            writes int DEFAULT 0);
        INSERT INTO "My Shop"."item" SELECT g, 'n' || g FROM generate_series(1, 3000) g
    """,
}


@pytest.mark.parametrize("kind", TABLES)
def test_fills_each_row_once(database: Database, kind: str) -> None:
    database.execute(TABLES[kind])
    table = '"My Shop".item' if kind == "quoted names" else "item"
    backfill = Backfill(
        name="fill_item",
        table=table,
        set={"done": "upper(name)", "writes": "writes + 1"},
        where="done IS NULL",
    )
    options = RunOptions(batch_seconds=0.02, workers=3)
    result = run_backfill(database.url, backfill, options=options)
    assert result.updated == ROWS
    assert result.batches > 3
    wrong = database.execute(
        f"SELECT count(*) FROM {table} WHERE done IS DISTINCT FROM upper(name) OR writes <> 1"
    )
    assert wrong == [(0,)]


@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind != "no key"])
def test_without_where_each_row_is_still_done_once(database: Database, kind: str) -> None:
    database.execute(TABLES[kind])
    table = '"My Shop".item' if kind == "quoted names" else "item"
    backfill = Backfill(name="fill_item", table=table, set={"writes": "writes + 1"})
    with database.connect() as connection:
        assert remaining(connection, backfill) == ROWS
        result = run_backfill(database.url, backfill, options=OPTIONS)
        assert remaining(connection, backfill) == 0
    assert result.updated == ROWS
    assert database.execute(f"SELECT min(writes), max(writes) FROM {table}") == [(1, 1)]


def test_without_where_nothing_is_left_only_for_this_definition(database: Database) -> None:
    """What a contract revision is let through by."""
    database.execute(TABLES["bigint key"])
    backfill = Backfill(name="fill_item", table="item", set={"writes": "writes + 1"})
    run_backfill(database.url, backfill)
    changed = replace(backfill, set={"writes": "writes + 2"})
    with database.connect() as connection:
        assert remaining(connection, backfill) == 0
        assert remaining(connection, changed) == ROWS


def test_without_where_another_table_of_that_name_is_not_taken_for_done(
    database: Database,
) -> None:
    """As after a dump, which holds the progress too, was restored."""
    database.execute(TABLES["bigint key"])
    backfill = Backfill(name="fill_item", table="item", set={"writes": "writes + 1"})
    run_backfill(database.url, backfill)
    database.execute("DROP TABLE item; " + TABLES["bigint key"])
    with database.connect() as connection:
        assert remaining(connection, backfill) == ROWS
    with pytest.raises(BackfillError, match=r"run it with --restart"):
        run_backfill(database.url, backfill)
    run_backfill(database.url, backfill, options=RunOptions(restart=True))
    assert database.execute("SELECT min(writes), max(writes) FROM item") == [(1, 1)]


def test_a_key_in_descending_order_is_no_way_to_walk(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (a int NOT NULL, b int NOT NULL, writes int NOT NULL DEFAULT 0);"
        "CREATE UNIQUE INDEX ON item (a, b DESC); INSERT INTO item VALUES (1, 1), (1, 2)"
    )
    backfill = Backfill(name="fill_item", table="item", set={"writes": "1"}, where="writes = 0")
    with database.connect() as connection:
        (leaf,) = find_leaves(connection, backfill)
    assert leaf.key == ()


CORRELATED = {
    "partitions": """
        CREATE TABLE ev (id int, org_id int, name text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
        CREATE TABLE ev_1 PARTITION OF ev FOR VALUES FROM (0) TO (6);
        CREATE TABLE "Ev 2" PARTITION OF ev FOR VALUES FROM (6) TO (99);
    """,
    "inheritance": """
        CREATE TABLE ev (id int PRIMARY KEY, org_id int, name text);
        CREATE TABLE ev_1 (PRIMARY KEY (id)) INHERITS (ev);
    """,
    "one table": "CREATE TABLE ev (id int PRIMARY KEY, org_id int, name text);",
}


def fill_names(connection: "psycopg.Connection[Any]", batch: Batch) -> int:
    statement = sql.SQL(
        "UPDATE ONLY {} SET name = (SELECT o.name FROM orgs o WHERE o.id = org_id) WHERE {}"
    )
    return connection.execute(statement.format(batch.table, batch.condition)).rowcount


@pytest.mark.parametrize("kind", CORRELATED)
@pytest.mark.parametrize(
    "work",
    [
        {"set": {"name": "(SELECT orgs.name FROM orgs WHERE orgs.id = ev.org_id)"}},
        {"function": lambda rows: [{"name": f"org {row['org_id']}"} for row in rows]},
        {"batch": fill_names},
    ],
    ids=["set", "function", "batch"],
)
def test_expressions_call_the_table_by_its_name(
    database: Database, kind: str, work: dict[str, Any]
) -> None:
    database.execute(
        f"{CORRELATED[kind]} CREATE TABLE orgs (id int PRIMARY KEY, name text);"
        "INSERT INTO orgs SELECT g, 'org ' || g FROM generate_series(0, 2) g;"
        "INSERT INTO ev SELECT g, g % 3 FROM generate_series(1, 9) g"
    )
    if kind == "inheritance":
        database.execute("INSERT INTO ev_1 SELECT g, g % 3 FROM generate_series(10, 12) g")
    backfill = Backfill(name="org_names", table="EV", where="ev.name IS NULL", **work)
    with database.connect() as connection:
        explain(connection, backfill, OPTIONS, Console(quiet=True))
    run_backfill(database.url, backfill)
    wrong = database.execute("SELECT count(*) FROM ev WHERE name IS DISTINCT FROM 'org ' || org_id")
    assert wrong == [(0,)]


BY_SQL = {"set": {"region": "ev.wanted"}}
BY_FUNCTION = {"function": lambda rows: [{"region": "b"} for _ in rows]}


@pytest.mark.parametrize(
    ("work", "key", "trigger"),
    [
        (BY_SQL, "region", False),
        (BY_SQL, "lower(region)", True),
        (BY_FUNCTION, "lower(region)", False),
        (BY_FUNCTION, "region", True),
    ],
)
def test_rows_move_to_the_partition_that_they_belong_to(
    database: Database, work: dict[str, Any], key: str, *, trigger: bool
) -> None:
    database.execute(
        f"CREATE SCHEMA app; CREATE TABLE app.ev (region text, id int, wanted text DEFAULT 'b')"
        f" PARTITION BY LIST (({key}));"
        "CREATE TABLE app.ev_a PARTITION OF app.ev FOR VALUES IN ('a');"
        "CREATE TABLE app.ev_rest PARTITION OF app.ev DEFAULT PARTITION BY RANGE (id);"
        "CREATE TABLE app.ev_1 PARTITION OF app.ev_rest FOR VALUES FROM (0) TO (500);"
        "CREATE TABLE app.ev_2 (wanted text DEFAULT 'b', id int, region text);"
        "ALTER TABLE app.ev_rest ATTACH PARTITION app.ev_2 FOR VALUES FROM (500) TO (900);"
        "CREATE TABLE app.ev_b PARTITION OF app.ev FOR VALUES IN ('b');"
        "INSERT INTO app.ev SELECT (ARRAY['a', 'zz'])[1 + g % 2], g FROM generate_series(1, 800) g"
    )
    if trigger:
        database.execute(
            "CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            "CREATE TRIGGER same BEFORE UPDATE ON app.ev FOR EACH ROW EXECUTE FUNCTION same()"
        )
    backfill = Backfill(name="moves", table="app.ev", where="region <> 'b'", **work)
    with database.connect() as connection:
        explain(connection, backfill, OPTIONS, Console(quiet=True))
    assert run_backfill(database.url, backfill).updated == 800
    assert database.execute("SELECT tableoid::regclass::text, count(*) FROM app.ev GROUP BY 1") == [
        ("app.ev_b", 800)
    ]


@pytest.mark.parametrize("name", ["user", '"user"', "public.user", '"a%b ""c"".d"'])
def test_a_table_of_any_name_is_filled_and_counted(database: Database, name: str) -> None:
    written = '"user"' if name == "user" else name.replace("public.user", 'public."user"')
    database.execute(f"CREATE TABLE {written} (id int PRIMARY KEY, n int)")
    database.execute(f"INSERT INTO {written} VALUES (1), (2)")
    backfill = Backfill(name="n", table=name, set={"n": "id"}, where="n IS NULL")
    assert run_backfill(database.url, backfill).updated == 2


def test_expressions_may_name_the_schema_too(database: Database) -> None:
    database.execute(
        "CREATE SCHEMA app; CREATE TABLE app.ev (id int PRIMARY KEY, n int);"
        "INSERT INTO app.ev VALUES (1)"
    )
    backfill = Backfill(name="n", table="app.ev", set={"n": "app.ev.id"}, where="app.ev.n IS NULL")
    assert run_backfill(database.url, backfill).updated == 1


@pytest.mark.servers(since=18)  # NOT NULL … NOT VALID
def test_not_null_that_is_not_valid_yet_makes_no_key(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (code int UNIQUE, done text); INSERT INTO item VALUES (1), (NULL);"
        "ALTER TABLE item ADD CONSTRAINT code_there NOT NULL code NOT VALID"
    )
    with pytest.raises(BackfillError, match="no primary or unique key"):
        run_backfill(database.url, Backfill(name="fill", table="item", set={"done": "'x'"}))
    backfill = Backfill(name="fill", table="item", set={"done": "'x'"}, where="done IS NULL")
    database.execute(
        "ALTER TABLE item DROP CONSTRAINT code_there; UPDATE item SET code = 2"
        " WHERE code IS NULL; ALTER TABLE item ADD CONSTRAINT code_there NOT NULL code NOT VALID"
    )
    with database.connect() as connection:
        assert find_leaves(connection, backfill)[0].key == ()
        database.execute("ALTER TABLE item VALIDATE CONSTRAINT code_there")
        assert find_leaves(connection, backfill)[0].key_names == ("code",)


def test_a_second_run_has_nothing_to_do(database: Database) -> None:
    database.execute(TABLES["bigint key"])
    backfill = Backfill(name="fill_item", table="item", set={"writes": "writes + 1"})
    run_backfill(database.url, backfill)
    again = run_backfill(database.url, backfill)
    assert (again.updated, again.batches) == (0, 0)
    assert database.execute("SELECT max(writes) FROM item") == [(1,)]


def test_an_empty_table_is_done_at_once(database: Database) -> None:
    database.execute("CREATE TABLE item (id bigint PRIMARY KEY, done text)")
    backfill = Backfill(name="fill_item", table="item", set={"done": "'x'"}, where="done IS NULL")
    assert run_backfill(database.url, backfill).updated == 0


def test_the_error_names_a_missing_table(database: Database) -> None:
    backfill = Backfill(name="fill_item", table="nowhere", set={"done": "'x'"})
    with pytest.raises(BackfillError, match=r"fill_item: there is no table 'nowhere'"):
        run_backfill(database.url, backfill)


def test_the_error_of_a_deferred_constraint_names_the_rows(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, n int REFERENCES item INITIALLY DEFERRED);"
        "INSERT INTO item VALUES (1), (2)"
    )
    backfill = Backfill(name="n", table="item", set={"n": "id + 5"}, where="n IS NULL")
    with pytest.raises(BackfillError, match=r"item_n_fkey.*, in rows of public.item with \(id\)"):
        run_backfill(database.url, backfill)


def test_without_key_and_where_it_refuses(database: Database) -> None:
    database.execute(TABLES["no key"])
    backfill = Backfill(name="fill_item", table="item", set={"writes": "writes + 1"})
    with pytest.raises(BackfillError, match="only `where` can tell"):
        run_backfill(database.url, backfill)


@pytest.mark.parametrize(
    "work",
    [
        {"set": {"id": "id + 1000"}},
        {"function": lambda rows: [{"id": row["id"] + 1000} for row in rows]},
    ],
    ids=["set", "function"],
)
def test_the_key_that_is_walked_by_stays(database: Database, work: dict[str, Any]) -> None:
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, code int NOT NULL UNIQUE);"
        "INSERT INTO item SELECT g, g FROM generate_series(1, 900) g"
    )
    backfill = Backfill(name="move", table="item", **work)
    with pytest.raises(BackfillError, match=r"it changes id, which public\.item is walked by"):
        run_backfill(database.url, backfill)
    assert database.execute("SELECT max(id) FROM item") == [(900,)]
    options = RunOptions(restart=True)
    run_backfill(database.url, replace(backfill, key=("code",)), options=options)
    assert database.execute("SELECT count(*) FROM item WHERE id = code + 1000") == [(900,)]
    run_backfill(
        database.url, Backfill(name="back", table="item", set={"id": "code"}, where="id > 1000")
    )
    assert database.execute("SELECT count(*) FROM item WHERE id = code") == [(900,)]


def test_a_key_without_a_unique_index_is_refused(database: Database) -> None:
    database.execute(TABLES["bigint key"])
    backfill = Backfill(name="fill_item", table="item", set={"done": "'x'"}, key=("name",))
    with pytest.raises(BackfillError, match=r"no unique btree index over exactly \(name\)"):
        run_backfill(database.url, backfill)
