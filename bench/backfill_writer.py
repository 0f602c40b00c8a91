"""An application that writes while a backfill runs, and how long each write takes."""

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event

import psycopg

# Between two writes, so that the writer is one of a busy application's users, not a load test.
PAUSE_SECONDS = 0.001
# Before the backfill begins: an application's connections have been there for a while, and know
# their plans and catalogs.
FIRST_WRITES = 100


@dataclass(frozen=True, kw_only=True)
class Latencies:
    """Seconds that the writes took, from statement to commit."""

    p50: float
    p99: float
    longest: float


@contextmanager
def writer(url: str, rows: int) -> Iterator[Callable[[], Latencies]]:
    """Updates rows at random, in a process of its own; the result is there after the block."""
    context = multiprocessing.get_context("fork")
    stop, ready = context.Event(), context.Event()
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_write, args=(url, rows, ready, stop, send.send))
    process.start()
    ready.wait()
    taken: list[float] = []
    try:
        yield lambda: _latencies(taken)
    finally:
        stop.set()
        taken.extend(receive.recv())
        process.join()


def _write(
    url: str, rows: int, ready: Event, stop: Event, report: Callable[[list[float]], None]
) -> None:
    taken: list[float] = []
    chance = random.Random(1)  # noqa: S311 - the same rows for every method
    with psycopg.connect(url, autocommit=True, application_name="writer") as connection:
        while not stop.is_set():
            if len(taken) == FIRST_WRITES:
                ready.set()
            key = chance.randint(1, rows)
            begun = time.monotonic()
            connection.execute("UPDATE person SET visits = visits + 1 WHERE id = %s", (key,))
            taken.append(time.monotonic() - begun)
            time.sleep(PAUSE_SECONDS)
    report(taken[FIRST_WRITES:])


def _latencies(taken: list[float]) -> Latencies:
    ordered = sorted(taken)
    return Latencies(
        p50=ordered[len(ordered) // 2],
        p99=ordered[int(len(ordered) * 0.99)],
        longest=ordered[-1],
    )
