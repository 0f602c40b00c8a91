"""Fills one range after the other over one connection."""

import queue
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from migrator.backfill.connection import BATCH_SESSION, PYTHON_SESSION, prepare_session
from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillError
from migrator.backfill.failure import failed, rows_between
from migrator.backfill.fill import fill
from migrator.backfill.gate import Gate
from migrator.backfill.leaf_walk import walk_of
from migrator.backfill.options import RunOptions
from migrator.backfill.pace import Pace
from migrator.backfill.state import Range, StateStore
from migrator.backfill.target import Leaf
from migrator.backfill.walk import Position, Walk

RETRIED = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.QueryCanceled,
)
LONGEST_DELAY_SECONDS = 1.0


class CursorMovedError(Exception):
    """Another process has done the batch that this one was about to commit."""


class Worker:
    """Takes ranges from a queue until it is empty or the gate closes."""

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        backfill: Backfill,
        options: RunOptions,
        gate: Gate,
    ) -> None:
        self.connection = connection
        self.backfill = backfill
        self.options = options
        self.gate = gate
        self.pace = Pace(options.batch_seconds * gate.share)
        self.store = StateStore(connection)
        self._walks: dict[int, Walk] = {}
        # The cursor commits with the rows, so losing the last batches in a crash of the server
        # loses both: nothing is skipped, and rows are not kept locked for the disk.
        settings = {
            "lock_timeout": f"{round(options.lock_timeout * 1000)}ms",
            "statement_timeout": f"{round(options.statement_timeout * 1000)}ms",
            "synchronous_commit": "off",
            **BATCH_SESSION,
            **(PYTHON_SESSION if backfill.set is None else {}),
        }
        prepare_session(connection, settings)

    def run(self, ranges: "queue.SimpleQueue[Range]", leaves: dict[int, Leaf]) -> None:
        """Works until the queue is empty; any error closes the gate for the others too."""
        try:
            while not self.gate.stopped:
                try:
                    item = ranges.get_nowait()
                except queue.Empty:
                    return
                self._fill_range(item, leaves)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self.gate.stop(error)
        finally:
            self.gate.leave(self)
            self.connection.close()

    def _fill_range(self, item: Range, leaves: dict[int, Leaf]) -> None:
        leaf = leaves.get(item.relation)
        if leaf is None:
            # A partition that was dropped or detached meanwhile, and its rows with it.
            return
        walk = self._walks.setdefault(leaf.oid, walk_of(leaf))
        busy = 0.0
        failures = 0
        current: Range | None = item
        while current is not None:
            begun = time.monotonic()
            try:
                with self.gate.turn(self, busy) as admitted:
                    if not admitted:
                        return
                    begun = time.monotonic()
                    current = self._fill_batch(walk, current)
                failures = 0
            except RETRIED as error:
                failures += 1
                self._back_off(error, walk, failures)
            except CursorMovedError:
                raise BackfillError(
                    f"backfill {self.backfill.name}: another process moved the cursor of range "
                    f"{item.ordinal}; this one stops, and nothing was done twice"
                ) from None
            busy = time.monotonic() - begun

    def _fill_batch(self, walk: Walk, item: Range) -> Range | None:
        self.pace.target_seconds = self.options.batch_seconds * self.gate.share
        size = self.pace.size
        start = item.cursor if item.cursor is not None else item.after
        # A table without a key is looked at the first time, which is no part of a batch's time.
        walk.rows(self.connection, start, item.upper, size)
        begun = time.monotonic()
        end = walk.step(self.connection, start, item.upper, size)
        upto: Position = item.upper if end is None else end
        with self._placed(walk, start, upto), self.connection.transaction():
            updated = fill(self.connection, self.backfill, walk.leaf, walk.condition(start, upto))
            rows = updated if end is None else size
            scanned = walk.rows(self.connection, start, upto, rows)
            if not self.store.advance(
                self.backfill.name,
                item,
                position=upto,
                done=end is None,
                scanned=scanned,
                updated=updated,
            ):
                raise CursorMovedError
        seconds = time.monotonic() - begun
        self.pace.record(rows, seconds, updated=updated)
        self.gate.record(size=size, scanned=scanned, updated=updated, seconds=seconds)
        return None if end is None else item.moved_to(upto)

    @contextmanager
    def _placed(self, walk: Walk, start: Position | None, upto: Position) -> Iterator[None]:
        """An error that no other try would mend, of the COMMIT too, ends the run with its place."""
        try:
            yield
        except RETRIED:
            raise
        except psycopg.Error as error:
            place = rows_between(walk.leaf, start, upto)
            raise failed(self.backfill.name, error, place=place) from error

    def _back_off(self, error: psycopg.Error, walk: Walk, failures: int) -> None:
        if failures >= self.options.attempts:
            detail = error.diag.context or error.diag.message_detail or ""
            raise BackfillError(
                f"backfill {self.backfill.name}: gave up after {failures} attempts at a batch of "
                f"{self.pace.size} rows of {walk.leaf.label}: {error.diag.message_primary} "
                f"{detail}".rstrip()
                + "; the progress is kept, run it again to continue"
            ) from error
        self.gate.record_retry()
        self.pace.back_off()
        ceiling = min(LONGEST_DELAY_SECONDS, 0.01 * 2**failures)
        time.sleep(random.uniform(0, ceiling))  # noqa: S311 - jitter, not a secret
