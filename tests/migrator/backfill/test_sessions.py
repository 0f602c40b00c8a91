"""A run is not at the mercy of how its role and its tables are set up."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from migrator.backfill import (
    Backfill,
    BackfillBusyError,
    BackfillCancelledError,
    BackfillError,
    RunOptions,
    remaining,
    run_backfill,
)
from migrator.backfill.connection import connect
from migrator.backfill.control import cancel, pause, resume
from tests.migrator.backfill.slow_table import OPTIONS, SLOW, StepIn, create_item, writes
from tests.migrator.conftest import Database

FILL = Backfill(name="fill_item", table="item", set={"writes": "writes + 1"}, where="writes = 0")


@pytest.fixture
def role(database: Database) -> Iterator[str]:
    """A role that is no superuser and owns the table `item`."""
    create_item(database)
    database.execute(
        "CREATE ROLE filler LOGIN; ALTER TABLE item OWNER TO filler;"
        f"GRANT CREATE ON DATABASE {database.name} TO filler"
    )
    yield "filler"
    database.execute("DROP OWNED BY filler CASCADE; DROP ROLE filler")


def as_role(database: Database, role: str) -> str:
    """The database's URL with another user."""
    parts = conninfo_to_dict(database.dsn)
    return f"postgresql://{role}@{parts['host']}:{parts['port']}/{database.name}"


def test_rows_that_a_policy_hides_are_no_rows_done(database: Database, role: str) -> None:
    database.execute(
        "ALTER TABLE item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY half ON item USING (id <= 300)"
    )
    with pytest.raises(BackfillError, match=r'policy for table "item".* BYPASSRLS'):
        run_backfill(as_role(database, role), FILL)
    with (
        connect(as_role(database, role), name="fill_item", role="status") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
    ):
        remaining(connection, FILL)
    assert writes(database) == [(0, 0)]
    database.execute("ALTER ROLE filler BYPASSRLS")
    assert run_backfill(as_role(database, role), FILL).updated == 600


def test_a_role_that_may_not_see_the_run_controls_it_and_is_told(
    database: Database, role: str
) -> None:
    told: list[str] = []

    def control() -> None:
        database.execute(
            f"GRANT USAGE ON SCHEMA migrator TO {role};"
            f"GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA migrator TO {role}"
        )
        with connect(as_role(database, role), name=SLOW.name, role="pause") as connection:
            told.append(pause(connection, SLOW.name))
            told.append(resume(connection, SLOW.name))
            with pytest.raises(BackfillBusyError) as refused:
                run_backfill(as_role(database, role), SLOW)
            told.append(str(refused.value))
            told.append(cancel(connection, SLOW.name))

    with pytest.raises(BackfillCancelledError):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(control))
    assert len(told) == 4
    for message in told:
        assert re.search(r"run by process [^ ]+:\d+ \(server process \d+\)", message)


def test_timeouts_of_the_role_do_not_end_a_run(database: Database, role: str) -> None:
    database.execute(f"ALTER ROLE {role} SET idle_session_timeout = '300ms'")
    if database.version >= 17:
        database.execute(f"ALTER ROLE {role} SET transaction_timeout = '300ms'")

    def hold(message: str) -> None:
        if message.startswith("paused"):
            time.sleep(1)
            with database.connect() as connection:
                resume(connection, FILL.name)

    def ask() -> None:
        with database.connect() as connection:
            pause(connection, FILL.name)

    slow = replace(FILL, set={"writes": "1 + length(pg_sleep(0.005)::text)"})
    options = RunOptions(batch_seconds=0.5, workers=2)
    result = run_backfill(
        as_role(database, role), slow, options=options, reporter=StepIn(ask, hold)
    )
    assert result.updated == 600


def test_more_workers_than_the_server_has_connections_for_are_refused(database: Database) -> None:
    """The tests' server has 60 connections."""
    create_item(database)
    with pytest.raises(BackfillError, match=r"80 workers are too many .* use --workers \d+ or"):
        run_backfill(database.url, FILL, options=RunOptions(workers=80))
    assert writes(database) == [(0, 0)]
    assert run_backfill(database.url, FILL, options=RunOptions(workers=5)).updated == 600
