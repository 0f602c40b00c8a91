"""Backfilling a column: ours, pgroll's batch SQL and one UPDATE, in turns on one server."""

import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from bench.backfill_methods import METHODS, Method
from bench.backfill_writer import Latencies, writer
from migrator.scratch import PostgresServer

SIZES = (100_000, 1_000_000)
ROUNDS = 3
SETTINGS = {
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One backfill of one fresh table; writes: what a concurrent writer met, if there was one."""

    seconds: float
    rows: int
    writes: Latencies | None

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def run(console: Console, *, sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS) -> None:
    """Prints rows a second of each method, and the latency of a writer meanwhile.

    sizes: rows of the tables; a million and more show whether a method is flat.
    rounds: how often each method takes its turn; the median is shown.
    """
    with _server() as server:
        for rows in sizes:
            for writing in (False, True):
                samples = _measure(server, rows, rounds, writing=writing)
                console.print(_table(rows, samples, writing=writing))


def _measure(
    server: PostgresServer, rows: int, rounds: int, *, writing: bool
) -> dict[str, list[Sample]]:
    samples: dict[str, list[Sample]] = {name: [] for name in METHODS}
    for _ in range(rounds):
        for name, method in METHODS.items():
            samples[name].append(_one(server, method, rows, writing=writing))
    return samples


def _one(server: PostgresServer, method: Method, rows: int, *, writing: bool) -> Sample:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        _load(connection, rows)
        # As in production: the table is vacuumed and has statistics, but not on what is added.
        connection.execute("VACUUM (ANALYZE) person")
        method.prepare(connection)
        connection.execute("CHECKPOINT")
    if not writing:
        return Sample(seconds=method.fill(server.url()), rows=rows, writes=None)
    with writer(server.url(), rows) as latencies:
        seconds = method.fill(server.url())
    return Sample(seconds=seconds, rows=rows, writes=latencies())


def _load(connection: psycopg.Connection, rows: int) -> None:
    connection.execute("DROP TABLE IF EXISTS person")
    connection.execute(
        "DROP FUNCTION IF EXISTS person_filled_sync, person_name_sync, person_up, person_down"
    )
    connection.execute(
        "CREATE TABLE person (id bigint PRIMARY KEY, name varchar(255), visits int NOT NULL,"
        " filled varchar(255))"
    )
    connection.execute(
        "INSERT INTO person SELECT g, CASE WHEN mod(g, 2) = 0 THEN 'Person ' || g END, 0"
        " FROM generate_series(1, %s) g",
        (rows,),
    )


def _table(rows: int, samples: Mapping[str, list[Sample]], *, writing: bool) -> Table:
    beside = "with one writer" if writing else "alone"
    table = Table(title=f"Backfill of {rows:,} rows, {beside} (median of {ROUNDS})")
    table.add_column("method")
    for heading in ("rows/s", "times pgroll", "time / one UPDATE"):
        table.add_column(heading, justify="right")
    if writing:
        for heading in ("writes", "p50 ms", "p99 ms", "max ms"):
            table.add_column(heading, justify="right")
    rates = {
        name: statistics.median(sample.rate for sample in taken) for name, taken in samples.items()
    }
    for name, taken in samples.items():
        cells = [
            f"{rates[name]:,.0f}",
            f"{rates[name] / rates['pgroll batches']:.1f}",
            f"{rates['one UPDATE'] / rates[name]:.2f}",
        ]
        table.add_row(name, *cells, *_latencies(taken))
    return table


def _latencies(taken: list[Sample]) -> list[str]:
    writes = [sample.writes for sample in taken if sample.writes is not None]
    if not writes:
        return []
    figures: list[Callable[[Latencies], float]] = [
        lambda one: one.p50,
        lambda one: one.p99,
        lambda one: one.longest,
    ]
    return [
        f"{statistics.median(one.count for one in writes):,.0f}",
        *(f"{statistics.median(map(figure, writes)) * 1000:.2f}" for figure in figures),
    ]


@contextmanager
def _server() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="groundwork-bench-") as folder:
        # PostgreSQL runs as another user where this process is root.
        Path(folder).chmod(0o755)
        server = PostgresServer(Path(folder) / "data", settings=SETTINGS)
        try:
            yield server.start()
        finally:
            server.destroy()
