"""ALTER COLUMN .. TYPE: for pairs of types, lint claims what a real server does."""

from itertools import product

import psycopg
import pytest
from psycopg import errors

from migrator.postgres.claims import effects
from migrator.postgres.statements import summarise
from migrator.scratch import PostgresServer
from migrator.snapshot import Catalog
from migrator.snapshot.reader import read
from tests.migrator.trace.conftest import NewDatabase

DOMAINS = """
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN whole AS integer;
CREATE DOMAIN amount AS whole;
CREATE DOMAIN positive AS integer CHECK (value > 0);
CREATE DOMAIN label AS text;
CREATE DOMAIN short AS varchar(10);
CREATE DOMAIN feeling AS mood;
CREATE DOMAIN labels AS text[];
CREATE DOMAIN price AS numeric(10,2);
CREATE DOMAIN moment AS timestamp(3);
CREATE DOMAIN years AS interval year;
CREATE DOMAIN span AS int4range;
"""
# Between two of these groups there are only casts that compute every value.
GROUPS = {
    "integers": (
        *("smallint", "integer", "bigint", "oid", "regclass"),
        *("whole", "amount", "positive"),
    ),
    "numerics": (
        *("numeric", "numeric(10,2)", "numeric(12,2)", "numeric(12,4)", "numeric(10)", "price"),
        *("numeric(10,-2)", "numeric(12,-2)"),
    ),
    "strings": (
        *("text", "varchar", "varchar(10)", "varchar(20)", "char(10)", "bpchar", "citext", "xml"),
        *("label", "short"),
    ),
    "bits": ("bit(5)", "bit(8)", "varbit", "varbit(5)", "varbit(8)"),
    "networks": ("inet", "cidr"),
    "timestamps": (
        *("date", "timestamp", "timestamp(3)", "timestamp(6)", "moment"),
        *("timestamptz", "timestamptz(3)", "timestamptz(6)"),
    ),
    "times": ("time", "time(3)", "time(6)", "timetz", "timetz(3)"),
    "intervals": (
        *("interval", "interval(0)", "interval(3)", "interval(6)", "interval year", "years"),
        *("interval hour to minute", "interval day to second", "interval day to second(3)"),
    ),
    "strings in arrays": ("text[]", "varchar[]", "varchar(10)[]", "varchar(20)[]", "labels"),
    "timestamps in arrays": ("timestamp[]", "timestamptz[]", "timestamp(3)[]"),
    "enums": ("mood", "feeling"),
    "ranges": ("int4range", "span"),
}


@pytest.mark.parametrize("group", GROUPS)
def test_every_pair(group: str, server: PostgresServer, new_database: NewDatabase) -> None:
    assert _wrong_claims(GROUPS[group], "UTC", new_database(), server.binaries.version) == []


def test_timestamps_elsewhere(server: PostgresServer, new_database: NewDatabase) -> None:
    types, version = GROUPS["timestamps"], server.binaries.version
    assert _wrong_claims(types, "Europe/Berlin", new_database(), version) == []


def _wrong_claims(types: tuple[str, ...], zone: str, url: str, version: int) -> list[str]:
    wrong: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(DOMAINS)
        connection.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        for number, name in enumerate(types):
            _make_table(connection, f"t{number}", name)
        catalog = read(url)
        catalog.timezone = zone
        for (number, old), new in product(enumerate(types), types):
            change = f"ALTER TABLE t{number} ALTER COLUMN c TYPE {new} USING c::{new}"
            measured = _measured(connection, f"t{number}", change)
            claimed = _claimed(f"t{number}", change, catalog, version)
            if measured is not None and claimed != measured:
                wrong.append(f"{old} to {new}: {claimed}, but the server: {measured}")
    return wrong


def _make_table(connection: psycopg.Connection, table: str, type_name: str) -> None:
    connection.execute(f"CREATE TABLE {table} (c {type_name})")  # pyright: ignore
    try:
        connection.execute(f"CREATE INDEX {table}_c ON {table} (c)")  # pyright: ignore
    except errors.UndefinedObject:
        return  # xml has no order


def _measured(connection: psycopg.Connection, table: str, change: str) -> tuple[bool, bool] | None:
    """Whether the table is rewritten, and if not, its index; None where there is no cast."""
    with connection.transaction(force_rollback=True):
        before = _files(connection, table)
        try:
            connection.execute(change)  # pyright: ignore
        except (errors.CannotCoerce, errors.UndefinedObject):
            return None
        after = _files(connection, table)
    rewritten = before[0] != after[0]
    return rewritten, not rewritten and before[1] != after[1]


def _files(connection: psycopg.Connection, table: str) -> tuple[int, int | None]:
    query = "SELECT pg_relation_filenode(%s), pg_relation_filenode(to_regclass(%s))"
    row = connection.execute(query, [table, f"{table}_c"]).fetchone()
    assert row is not None
    return row


def _claimed(table: str, change: str, catalog: Catalog, version: int) -> tuple[bool, bool]:
    (action,) = summarise(change)[0].actions
    found = effects(action, catalog, version * 10_000)
    return table in found.rewrites, table in found.scans and not found.rewrites
