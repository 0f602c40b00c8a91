"""Runs a backfill from wherever it stands to its end."""

import time
from collections.abc import Sequence
from typing import Any

import psycopg

from migrator.backfill.connection import connect, prepare_session
from migrator.backfill.crew import Crew
from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillCancelledError, BackfillError
from migrator.backfill.failure import failed, noted
from migrator.backfill.gate import Gate
from migrator.backfill.neighbours import Neighbours, Own
from migrator.backfill.options import Result, RunOptions
from migrator.backfill.plan import count_due, estimate_rows, leaves_as_planned, plan_ranges
from migrator.backfill.remaining import made_elsewhere, remaining
from migrator.backfill.reporter import Reporter, Silent, Snapshot
from migrator.backfill.run_lock import take_run_lock
from migrator.backfill.speed import Speed
from migrator.backfill.state import Progress, Range, StateStore
from migrator.backfill.target import Leaf, find_leaves
from migrator.backfill.throttle import Sample, sample_throttles
from migrator.postgres.writable import require_writable

TICK_SECONDS = 0.1
LOOK_SECONDS = 0.25


def run_backfill(
    database_url: str,
    backfill: Backfill,
    *,
    options: RunOptions | None = None,
    reporter: Reporter | None = None,
) -> Result:
    """Fills every row that needs it; goes on from where an earlier run ended.

    Returns once no row is left. While another process has asked for a pause it waits.
    Raises BackfillBusyError where another process runs it, BackfillCancelledError where it is
    or gets cancelled, ReadOnlyError where nothing can be written, and BackfillError where it cannot
    start, finish or stay within a throttle.
    The progress is kept in the database in every case.
    """
    with connect(database_url, name=backfill.name, role="control") as control:
        require_writable(control)
        take_run_lock(control, backfill.name)
        run = _Run(control, database_url, backfill, options or RunOptions(), reporter or Silent())
        try:
            return run.to_the_end()
        except psycopg.Error as error:
            raise failed(backfill.name, error) from error


class _Run:
    """One process's run: the main thread's side of it."""

    def __init__(
        self,
        control: "psycopg.Connection[Any]",
        database_url: str,
        backfill: Backfill,
        options: RunOptions,
        reporter: Reporter,
    ) -> None:
        self.control = control
        self.database_url = database_url
        self.backfill = backfill
        self.options = options
        self.workers = options.workers_for(backfill)
        self.reporter = reporter
        self.store = StateStore(control)
        self.gate = Gate(rest=self.options.rest)
        self.begun = time.monotonic()
        self._last_look = 0.0
        self._beats = 0
        self._paused = False
        self._before = 0
        self._speed = Speed()

    def to_the_end(self) -> Result:
        self.store.create()
        progress = self._enter()
        try:
            passes = self._all_passes(progress)
        except BackfillCancelledError:
            self.store.set_state(self.backfill.name, "cancelled")
            raise
        except BaseException as error:
            self._note_failure(error)
            raise
        self.store.set_state(self.backfill.name, "done")
        result = Result(
            name=self.backfill.name,
            updated=self.gate.updated,
            scanned=self.gate.scanned,
            batches=self.gate.batches,
            seconds=time.monotonic() - self.begun,
            remaining=0,
            passes=passes,
            batch_p50=self.gate.batch_p50,
            batch_max=self.gate.batch_max,
        )
        self.reporter.finished(result)
        return result

    def _enter(self) -> Progress:
        """Starts anew or takes over what is there."""
        name = self.backfill.name
        progress = self.store.read(name)
        holder = self.control.info.get_parameters()["application_name"]
        if progress is not None and not self.options.restart:
            if progress.state == "cancelled" or progress.request == "cancel":
                raise BackfillCancelledError(
                    f"backfill {name} was cancelled; `resume {name}` lets it go on from where it "
                    "is, `run --restart` from the first row"
                )
            if self.backfill.began_as(progress.fingerprint):
                self._check_cursors()
                self.store.take_over(name, holder, self.backfill.fingerprint())
                self._before = progress.scanned_in_pass
                return progress
            if self.backfill.where is None:
                raise BackfillError(
                    f"backfill {name} was changed since it began, and without `where` the rows "
                    "already done cannot be told; run it with --restart to start from the first row"
                )
        leaves = find_leaves(self.control, self.backfill)
        self.store.begin(
            name,
            fingerprint=self.backfill.fingerprint(),
            holder=holder,
            rows=estimate_rows(self.control, leaves),
            ranges=self._plan(leaves),
        )
        begun = self.store.read(name)
        if begun is None:
            raise BackfillError(f"backfill {name}: its progress was deleted while it began")
        return begun

    def _check_cursors(self) -> None:
        """Gives up cursors that mean nothing now; refuses where only they tell what is done."""
        backfill = self.backfill
        leaves = find_leaves(self.control, backfill)
        ranges = self._open_ranges(leaves)
        planned = leaves_as_planned(self.control, leaves, ranges)
        if backfill.where is not None:
            if planned is None:
                for item in ranges:
                    self.store.skip(backfill.name, item)
            return
        fault = None
        if other := made_elsewhere(self.store, backfill, leaves):
            fault = f"its progress is that of {other}"
        elif planned is None:
            fault = f"{backfill.table} has lost the key that its progress was made with"
        if fault is not None:
            raise BackfillError(
                f"backfill {backfill.name}: {fault}, and without `where` the rows already done "
                "cannot be told; run it with --restart to start from the first row"
            )

    def _all_passes(self, progress: Progress) -> int:
        """Walks the table until no row is left; returns how often this run walked it."""
        name = self.backfill.name
        passes = 0
        while True:
            if self._open_ranges(find_leaves(self.control, self.backfill)):
                passes += 1
                self._one_pass(progress, passes)
            left = self._left()
            if left == 0:
                return passes
            if passes >= self.options.passes:
                raise BackfillError(
                    f"backfill {name}: {left} rows of {self.backfill.table} still need it after "
                    f"{passes} passes. Either its result leaves `where` true, or the application "
                    "keeps writing such rows: install the sync trigger (docs/backfill.md)"
                )
            if passes:
                self.reporter.notice(f"{left} rows came in behind the cursor; another pass")
            leaves = find_leaves(self.control, self.backfill)
            self.store.next_pass(name, self._plan(leaves))
            self._before = -self.gate.scanned  # what is shown is this pass's

    def _open_ranges(self, leaves: Sequence[Leaf]) -> list[Range]:
        return self.store.open_ranges(self.backfill.name, (leaf.oid for leaf in leaves))

    def _plan(self, leaves: Sequence[Leaf]) -> list[Range]:
        """A pass over the tables; looks meanwhile, as planning writes nothing, who else does."""
        neighbours = Neighbours(self.control, [leaf.oid for leaf in leaves])
        neighbours.look()
        ranges = plan_ranges(self.control, leaves, self.workers)
        self.gate.be_gentle(neighbours.writing())
        return ranges

    def _left(self) -> int:
        """Counts what is left, on one of the server's processors while others write."""
        if self.gate.gentle:
            prepare_session(self.control, {"max_parallel_workers_per_gather": "0"})
        if self.backfill.where is None:
            return remaining(self.control, self.backfill)
        return count_due(self.control, self.backfill)

    def _one_pass(self, progress: Progress, passes: int) -> None:
        found = find_leaves(self.control, self.backfill)
        ranges = self._open_ranges(found)
        leaves = leaves_as_planned(self.control, found, ranges)
        if leaves is None:
            raise BackfillError(
                f"backfill {self.backfill.name}: {self.backfill.table} lost the key that it is "
                "walked by; run it again"
            )
        neighbours = Neighbours(self.control, leaves, self._own)
        neighbours.look()
        # Before the first batch: a pause that was asked for earlier holds that one too.
        self._beat()
        crew = Crew(
            self.database_url,
            self.backfill,
            self.options,
            self.gate,
            ranges=ranges,
            leaves=leaves,
        )
        try:
            while crew.working(TICK_SECONDS):
                self._tick(progress, progress.current_pass + passes - 1, neighbours)
        finally:
            self.gate.stop()
            crew.join()
        if self.gate.error is not None:
            raise self.gate.error
        self.gate.reopen()

    def _tick(self, progress: Progress, current_pass: int, neighbours: Neighbours) -> None:
        if time.monotonic() - self._last_look >= LOOK_SECONDS:
            self._look_around(neighbours)
        self.reporter.progress(self._snapshot(progress, current_pass))

    def _look_around(self, neighbours: Neighbours) -> None:
        self._last_look = time.monotonic()
        self._beat()
        self.gate.be_gentle(neighbours.writing())

    def _beat(self) -> None:
        """Says that the run is alive, does what is asked of it, and heeds the throttles."""
        self._obey(self.store.beat(self.backfill.name))
        self._beats += 1
        self._throttle()

    def _own(self) -> Own:
        """This run's transactions that write: the workers' batches and the control's beats."""
        batches = self.gate.own
        return Own(begun=batches.begun + self._beats, ended=batches.ended + self._beats)

    def _obey(self, request: str | None) -> None:
        name = self.backfill.name
        if request == "cancel":
            raise BackfillCancelledError(f"backfill {name} was cancelled")
        paused = request == "pause"
        if paused != self._paused:
            self._paused = paused
            self.gate.pause(paused)
            self.store.set_state(name, "paused" if paused else "running")
            self.reporter.notice(f"paused; `resume {name}` lets it go on" if paused else "resumed")

    def _throttle(self) -> None:
        sample = sample_throttles(self.control, self.options.throttles)
        if sample.level >= 1:
            raise BackfillError(
                f"backfill {self.backfill.name} stopped: {sample.text}; the progress is kept, run "
                "it again to continue"
            )
        self.gate.sample = sample

    def _note_failure(self, error: BaseException) -> None:
        # With the connection gone nobody can be told; the run lock, free now, says enough.
        if not self.control.broken:
            self.store.set_state(self.backfill.name, "failed", error=noted(error))

    def _snapshot(self, progress: Progress, current_pass: int) -> Snapshot:
        gate = self.gate
        rate = self._speed.update(gate.scanned)
        total = max(progress.estimated_rows, 1)
        scanned = min(self._before + gate.scanned, total)
        sample: Sample = gate.sample
        return Snapshot(
            name=self.backfill.name,
            state="paused" if self._paused else "running",
            current_pass=current_pass,
            scanned=scanned,
            total=total,
            updated=gate.updated,
            batches=gate.batches,
            retries=gate.retries,
            batch_size=gate.batch_size,
            batch_p50=gate.batch_p50,
            batch_max=gate.batch_max,
            rows_per_second=rate,
            eta_seconds=(total - scanned) / rate if rate else None,
            level=sample.level,
            throttle=sample.text,
            beside_writers=gate.gentle,
        )
