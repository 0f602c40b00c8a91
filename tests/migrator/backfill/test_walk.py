"""Ranges and resume points, for any keys: no row in two batches, none in no batch."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.range import Range

from migrator.backfill import Backfill
from migrator.backfill.connection import BATCH_SESSION, prepare_session, session_settings
from migrator.backfill.leaf_walk import walk_of
from migrator.backfill.plan import plan_ranges
from migrator.backfill.target import find_leaves
from migrator.backfill.walk import Position
from tests.migrator.conftest import Database

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)
KEYS: dict[str, st.SearchStrategy[Any]] = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "smallint": st.integers(-5, 5),
    "text": TEXT,
    "uuid": st.uuids(),
    "timestamptz": st.datetimes(
        datetime(1, 1, 1),
        datetime(9999, 12, 31),
        timezones=st.just(UTC),
    ),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=6),
    "float8": st.floats(allow_nan=False, allow_infinity=True),
    "bytea": st.binary(max_size=6),
    "boolean": st.booleans(),
    "date": st.dates(),
    "interval": st.timedeltas(),
    "int4range": st.tuples(st.integers(-9, 9), st.integers(0, 9)).map(
        lambda pair: Range(pair[0], pair[0] + pair[1] + 1)
    ),
}
WALKED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Types of a key of one to three columns, and distinct keys."""
    kinds = tuple(draw(st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=3)))
    keys = draw(st.lists(st.tuples(*(KEYS[kind] for kind in kinds)), max_size=40))
    return kinds, keys


def create(connection: psycopg.Connection, kinds: Sequence[str], keys: Sequence[Any]) -> int:
    """The table `walked`; PostgreSQL decides which keys are equal. Returns its rows."""
    names = [sql.Identifier(f"k{place}") for place in range(len(kinds))]
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(name, sql.SQL(kind))  # pyright: ignore[reportArgumentType]
        for name, kind in zip(names, kinds, strict=True)
    )
    connection.execute("DROP TABLE IF EXISTS walked")
    connection.execute(
        sql.SQL("CREATE TABLE walked ({}, PRIMARY KEY ({}))").format(
            columns, sql.SQL(", ").join(names)
        )
    )
    insert = sql.SQL("INSERT INTO walked VALUES ({}) ON CONFLICT DO NOTHING").format(
        sql.SQL(", ").join(sql.Placeholder() * len(kinds))
    )
    with connection.cursor() as cursor:
        cursor.executemany(insert, keys)
    row = connection.execute("SELECT count(*) FROM walked").fetchone()
    return row[0] if row else 0


@WALKED
@given(table=tables(), sizes=st.lists(st.integers(1, 15), min_size=1), workers=st.integers(1, 3))
def test_batches_cover_each_row_once(
    database: Database,
    table: tuple[tuple[str, ...], list[tuple[Any, ...]]],
    sizes: list[int],
    workers: int,
) -> None:
    with database.connect() as connection:
        prepare_session(connection, {**session_settings(connection), **BATCH_SESSION})
        rows = create(connection, *table)
        leaves = find_leaves(connection, Backfill(name="walk", table="walked", set={"x": "1"}))
        walk = walk_of(leaves[0])
        met: list[Any] = []
        steps = 0
        for item in plan_ranges(connection, leaves, workers):
            after: Position | None = item.after
            while after != item.upper:
                size = sizes[steps % len(sizes)]
                steps += 1
                end = walk.step(connection, after, item.upper, size) or item.upper
                batch = connection.execute(
                    sql.SQL("SELECT * FROM walked WHERE {}").format(walk.condition(after, end))
                ).fetchall()
                assert len(batch) <= size or end == item.upper
                met += batch
                # As a run that was killed here would find it.
                stored = connection.execute("SELECT %s::text[]", (list(end),)).fetchone()
                after = tuple(stored[0]) if stored else None
        everything = connection.execute("SELECT * FROM walked").fetchall()
    assert len(everything) == rows
    assert sorted(map(repr, met)) == sorted(map(repr, everything))
