"""`backfill run --dry-run`: it harms nobody, and its estimate is of the work ahead."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from migrator.backfill import Backfill, RunOptions, run_backfill
from migrator.backfill.connection import connect
from migrator.backfill.preview import explain
from migrator.backfill.sync_trigger import sync_trigger
from tests.migrator.backfill.slow_table import StepIn, create_item, writes
from tests.migrator.conftest import Database

OPTIONS = RunOptions(workers=1)
ESTIMATE = re.compile(r"estimate: (\d+):(\d+):(\d+) to go through about ([\d,]+) rows")


def dry_run(database: Database, backfill: Backfill) -> str:
    written = StringIO()
    with connect(database.url, name=backfill.name, role="dry run") as connection:
        explain(connection, backfill, OPTIONS, Console(file=written, width=200))
    return written.getvalue()


def estimate(told: str) -> tuple[int, int]:
    """Seconds and rows ahead."""
    found = ESTIMATE.search(told)
    assert found is not None, told
    hours, minutes, seconds, rows = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds), int(rows.replace(",", ""))


def test_it_ends_where_one_row_takes_for_ever(database: Database) -> None:
    """Whoever comes for a row of its batch waits until it ends."""
    create_item(database)
    stuck = Backfill(name="stuck", table="item", set={"writes": "1 + length(pg_sleep(3600)::text)"})
    told = dry_run(database, stuck)
    assert "no estimate: a batch of 1 row(s) took longer than 60 ms" in told
    assert writes(database) == [(0, 0)]


def test_slow_rows_are_tried_few_at_a_time(database: Database) -> None:
    create_item(database)
    slow = Backfill(name="slow", table="item", set={"writes": "1 + length(pg_sleep(0.02)::text)"})
    seconds, rows = estimate(dry_run(database, slow))
    assert rows == 600
    assert seconds >= 12


def test_while_others_write_it_counts_the_rests(database: Database) -> None:
    create_item(database)
    slow = Backfill(name="slow", table="item", set={"writes": "1 + length(pg_sleep(0.02)::text)"})
    with database.connect(autocommit=False) as application:
        application.execute("UPDATE item SET writes = 0 WHERE id = 600")
        told = dry_run(database, slow)
    seconds, _ = estimate(told)
    assert seconds >= 36
    assert "beside others that write, as they do now" in told


@pytest.mark.parametrize("kind", ["function", "batch"])
def test_python_code_is_not_called(database: Database, kind: str) -> None:
    create_item(database)
    called: list[object] = []
    work: Mapping[str, object] = {kind: lambda *arguments: called.append(arguments)}
    backfill = Backfill(name="python", table="item", where="writes = 0", **work)  # pyright: ignore[reportArgumentType]
    told = dry_run(database, backfill)
    assert "no estimate: a dry run does not call Python code" in told
    assert called == []


def test_rows_that_need_nothing_cost_little(database: Database) -> None:
    create_item(database, rows=20_000)
    database.execute("UPDATE item SET writes = 1 WHERE id % 1000 <> 1")
    slow = Backfill(
        name="slow",
        table="item",
        set={"writes": "1 + length(pg_sleep(0.01)::text)"},
        where="writes = 0",
    )
    seconds, rows = estimate(dry_run(database, slow))
    assert rows == 20_000
    assert seconds < 100  # 20 rows need 10 ms each; 20,000 would take 200 s


def test_after_a_part_was_done_it_tells_of_the_rest(database: Database) -> None:
    create_item(database)

    def stop() -> None:
        raise KeyboardInterrupt

    slow = Backfill(
        name="slow",
        table="item",
        set={"writes": "1 + length(pg_sleep(0.002)::text)"},
        where="writes = 0",
    )
    with suppress(KeyboardInterrupt):
        run_backfill(database.url, slow, options=OPTIONS, reporter=StepIn(stop))
    ((left,),) = database.execute("SELECT count(*) FROM item WHERE writes = 0")
    told = dry_run(database, slow)
    assert f"{left} rows of about 600 need it" in told
    _, rows = estimate(told)
    assert rows == left
    assert "(0 of them needed it)" not in told
    _, rows = estimate(dry_run(database, replace(slow, set={"writes": "1"})))
    assert rows == 600


def test_locked_rows_are_not_waited_for(database: Database) -> None:
    create_item(database)
    with database.connect(autocommit=False) as holder:
        holder.execute("UPDATE item SET writes = 7 WHERE id = 1")
        told = dry_run(database, Backfill(name="fill", table="item", set={"writes": "1"}))
    assert "no estimate: the first rows are locked by somebody else" in told


TRIGGERS = """
CREATE TABLE item (id bigint PRIMARY KEY, a int, b int, changed timestamptz)
    PARTITION BY RANGE (id);
CREATE TABLE item_1 PARTITION OF item FOR VALUES FROM (0) TO (10);
CREATE TABLE item_2 PARTITION OF item FOR VALUES FROM (10) TO (20);
INSERT INTO item SELECT g FROM generate_series(1, 15) g;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN NEW.changed := now(); RETURN NEW; END$$;
CREATE FUNCTION "Note It"() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER of_a AFTER UPDATE OF a, b ON item FOR EACH ROW WHEN (NEW.a > 0)
    EXECUTE FUNCTION "Note It"();
CREATE TRIGGER batch AFTER UPDATE ON item_1 FOR EACH STATEMENT EXECUTE FUNCTION "Note It"();
CREATE TRIGGER of_changed AFTER UPDATE OF changed ON item FOR EACH ROW
    EXECUTE FUNCTION "Note It"();
CREATE TRIGGER off BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION stamp();
ALTER TABLE item DISABLE TRIGGER off;
CREATE TRIGGER inserts BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER of_parent AFTER UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION "Note It"();
"""


def test_triggers_that_it_fires_are_named(database: Database) -> None:
    database.execute(TRIGGERS)
    for statement in sync_trigger("item", set={"b": "a + 1"}).create:
        database.execute(statement)
    told = dry_run(database, Backfill(name="fill", table="item", set={"b": "1"}))
    assert [line.strip() for line in told.splitlines() if "trigger" in line] == [
        "the trigger stamp fires BEFORE UPDATE and runs stamp() for each row that is filled",
        'the trigger batch fires AFTER UPDATE and runs "Note It"() for each batch',
        'the trigger of_a fires AFTER UPDATE OF a, b and runs "Note It"() for each row that is '
        "filled, where its WHEN holds",
    ]
    database.execute("ALTER TABLE item DISABLE TRIGGER ALL; ALTER TABLE item_1 DISABLE TRIGGER ALL")
    assert "trigger" not in dry_run(database, Backfill(name="fill", table="item", set={"b": "1"}))


def test_of_python_code_any_trigger_may_be_fired(database: Database) -> None:
    database.execute(TRIGGERS)
    told = dry_run(
        database,
        Backfill(
            name="code", table="item", where="b IS NULL", function=lambda rows: [{} for _ in rows]
        ),
    )
    for name in ("stamp", "of_a", "of_changed", "batch"):
        assert f"the trigger {name} fires" in told


def test_a_rule_is_named_too(database: Database) -> None:
    create_item(database)
    database.execute("CREATE RULE seen AS ON UPDATE TO item DO ALSO SELECT 1")
    fill = Backfill(name="fill", table="item", where="writes = 0", set={"writes": "1"})
    assert "the rule seen rewrites each UPDATE of the table" in dry_run(database, fill)
