"""Backfilling a column: ours, pgroll's batch SQL and one UPDATE, in turns on one server."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import psycopg
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from bench.backfill_methods import IDLE, METHODS, PGROLL, PLAIN, Method
from bench.backfill_writer import Latencies, writer
from migrator.scratch import PostgresServer, temporary_server

CAPTION = "x pgroll: how many times its speed; x UPDATE: how many times one UPDATE's duration"
WRITER = ("p50 ms", "p99 ms", "max ms")
# As on a server that has run for a while, WAL goes to files that are there: to make one takes
# longer than any batch, and stops every write meanwhile.
WAL_SIZE = "4GB"
WAL_FILE_BYTES = 16 * 1024 * 1024
# What the wordiest method writes for a row, measured, with room to spare.
WAL_BYTES_PER_ROW = 600
SETTINGS = {
    "shared_buffers": "256MB",
    "checkpoint_timeout": "30min",
    "min_wal_size": WAL_SIZE,
    "max_wal_size": WAL_SIZE,
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One table in one condition.

    analysed: vacuumed and with statistics, as a table in production; else freshly copied, as in
        pgroll's own benchmark.
    writing: with a writer beside it. rounds: turns of each method; the median is shown.
    """

    rows: int
    analysed: bool = True
    writing: bool = False
    rounds: int = 3

    def __str__(self) -> str:
        condition = "vacuumed and analysed" if self.analysed else "freshly copied"
        beside = ", beside one writer" if self.writing else ""
        turns = f"median of {self.rounds}" if self.rounds > 1 else "one turn"
        return f"Backfill of {self.rows:,} rows, {condition}{beside} ({turns})"


# The one beside a writer is over within half a minute: after that time Linux writes back what the
# tables grew by, and the longest write would be the disk's and not the backfill's.
CASES = (
    Case(rows=100_000),
    Case(rows=1_000_000),
    Case(rows=250_000, writing=True),
    Case(rows=100_000, analysed=False, rounds=1),
    Case(rows=1_000_000, analysed=False, rounds=1),
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One backfill of one fresh table; writes: what a concurrent writer met, if there was one."""

    seconds: float
    writes: Latencies | None


def run(console: Console, *, cases: tuple[Case, ...] = CASES) -> None:
    """Prints rows a second of each method, and the latency of a writer meanwhile."""
    with temporary_server(SETTINGS) as server:
        _make_wal_files(server, max(case.rows for case in cases) * WAL_BYTES_PER_ROW)
        for case in cases:
            console.print(_table(case, _measure(server, case)))


def _make_wal_files(server: PostgresServer, size: int) -> None:
    """Makes the files that a checkpoint then gives out again, instead of new ones."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for _ in range(2 + size // WAL_FILE_BYTES):
            connection.execute("SELECT pg_logical_emit_message(false, 'bench', 'next file')")
            connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")


def _measure(server: PostgresServer, case: Case) -> dict[str, list[Sample]]:
    methods = {**METHODS, **(IDLE if case.writing else {})}
    samples: dict[str, list[Sample]] = {name: [] for name in methods}
    for number in range(case.rounds):
        for name in list(methods)[:: -1 if number % 2 else 1]:
            samples[name].append(_one(server, methods[name], case))
    return samples


def _one(server: PostgresServer, method: Method, case: Case) -> Sample:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        _load(connection, case.rows)
        if case.analysed:
            # Before the change: what it adds has no statistics yet when the backfill begins.
            connection.execute("VACUUM (ANALYZE) person")
        method.prepare(connection)
        connection.execute("CHECKPOINT")
    if not case.writing:
        return Sample(seconds=method.fill(server.url()), writes=None)
    with writer(server.url(), case.rows) as latencies:
        seconds = method.fill(server.url())
    return Sample(seconds=seconds, writes=latencies())


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


def _table(case: Case, samples: Mapping[str, list[Sample]]) -> Table:
    table = Table(title=str(case), caption=CAPTION, box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for heading in ("rows/s", "x pgroll", "x UPDATE", *(WRITER if case.writing else ())):
        table.add_column(heading, justify="right", no_wrap=True)
    seconds = {
        name: statistics.median(sample.seconds for sample in taken)
        for name, taken in samples.items()
    }
    for name, taken in samples.items():
        figures = ["", "", ""]
        if name not in IDLE:
            figures = [
                f"{case.rows / seconds[name]:,.0f}",
                f"{seconds[PGROLL] / seconds[name]:.1f}",
                f"{seconds[name] / seconds[PLAIN]:.2f}",
            ]
        table.add_row(name, *figures, *_latencies(taken))
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
    return [f"{statistics.median(map(figure, writes)) * 1000:.1f}" for figure in figures]


def main(
    rows: Annotated[list[int], typer.Argument(help="Table sizes, such as 100000 5000000.")],
    writing: Annotated[bool, typer.Option(help="Beside a writer.")] = False,
    analysed: Annotated[bool, typer.Option(help="Vacuumed, with statistics.")] = True,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each method.")] = 3,
) -> None:
    """Measures other sizes than `make bench` does."""
    cases = [Case(rows=each, analysed=analysed, writing=writing, rounds=rounds) for each in rows]
    run(Console(), cases=tuple(cases))


if __name__ == "__main__":
    typer.run(main)
