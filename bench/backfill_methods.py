"""Three ways to fill a column of the table `person`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psycopg

from migrator.backfill import Backfill, RunOptions, run_backfill, sync_trigger

# The case of pgroll's own benchmark: a nullable name becomes a column that is never NULL.
FILLED = "CASE WHEN name IS NULL THEN 'placeholder' ELSE name END"
OURS = Backfill(name="person_name", table="person", set={"filled": FILLED}, where="filled IS NULL")
SYNC = sync_trigger("person", set={"filled": FILLED}, reverse={"name": "filled"})

# Re-enacted from its description: a flag column that is true for old rows, a trigger for each
# direction that asks which release is writing, and transactions that lock the next thousand
# keys and write each key to itself, so that the trigger does the work.
PGROLL_BATCH_ROWS = 1000
# As long as a backfill takes: the longest of many writes is longer than that of a few.
IDLE_SECONDS = 10.0
PGROLL_TRIGGER = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    id person.id%TYPE := NEW.id;
    name person.name%TYPE := NEW.name;
    visits person.visits%TYPE := NEW.visits;
    filled person.filled%TYPE := NEW.filled;
    path text;
BEGIN
    SELECT setting INTO path FROM current_setting('search_path') AS setting;
    IF path {operator} 'public_02_filled' THEN
        NEW.{column} = {expression};
        NEW._pgroll_needs_backfill = false;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION {name}()
"""
PGROLL_UP = {"name": "person_up", "operator": "<>", "column": "filled", "expression": FILLED}
PGROLL_DOWN = {"name": "person_down", "operator": "=", "column": "name", "expression": "filled"}
PGROLL_BATCH = """
WITH batch AS (
    SELECT id FROM person WHERE _pgroll_needs_backfill = true AND id > {last}
    ORDER BY id LIMIT {rows} FOR NO KEY UPDATE
), written AS (
    UPDATE person SET id = person.id FROM batch WHERE person.id = batch.id RETURNING person.id
)
SELECT last_value(id) OVER () FROM written
"""


@dataclass(frozen=True, kw_only=True)
class Method:
    """prepare: what the schema change leaves in place for it. fill: returns its seconds."""

    prepare: Callable[[psycopg.Connection], None]
    fill: Callable[[str], float]


def _prepare_ours(connection: psycopg.Connection) -> None:
    for statement in SYNC.create:
        connection.execute(statement.encode())


def _fill_ours(url: str, workers: int | None = None) -> float:
    begun = time.monotonic()
    run_backfill(url, OURS, options=RunOptions(restart=True, workers=workers))
    return time.monotonic() - begun


def _prepare_pgroll(connection: psycopg.Connection) -> None:
    connection.execute("ALTER TABLE person ADD COLUMN _pgroll_needs_backfill boolean DEFAULT true")
    for direction in (PGROLL_UP, PGROLL_DOWN):
        connection.execute(PGROLL_TRIGGER.format(**direction).encode())


def _fill_pgroll(url: str) -> float:
    begun = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        last = 0
        while True:
            batch = PGROLL_BATCH.format(last=last, rows=PGROLL_BATCH_ROWS).encode()
            with connection.transaction():
                row = connection.execute(batch).fetchone()
            if row is None:
                return time.monotonic() - begun
            last = row[0]


def _fill_at_once(url: str) -> float:
    begun = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"UPDATE person SET filled = {FILLED} WHERE filled IS NULL".encode())  # noqa: S608
    return time.monotonic() - begun


def _wait(url: str) -> float:
    time.sleep(IDLE_SECONDS)
    return IDLE_SECONDS


OURS_NAME, PGROLL, PLAIN = "ours", "pgroll's batches", "one UPDATE"
METHODS = {
    OURS_NAME: Method(prepare=_prepare_ours, fill=_fill_ours),
    f"{OURS_NAME}, one worker": Method(prepare=_prepare_ours, fill=partial(_fill_ours, workers=1)),
    PGROLL: Method(prepare=_prepare_pgroll, fill=_fill_pgroll),
    PLAIN: Method(prepare=lambda connection: None, fill=_fill_at_once),
}
# What a writer meets on this machine with nothing beside it.
IDLE = {"no backfill": Method(prepare=lambda connection: None, fill=_wait)}
