"""Runs scripts on a scratch server, tracing those that are asked for."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

import psycopg
from psycopg import sql

from migrator.database import server_message
from migrator.errors import UsageError
from migrator.postgres.statements import actions as a
from migrator.project.script import Script, Step
from migrator.project.script_claims import StepClaims, script_claims
from migrator.rows import RowGenerator, fill_nulls
from migrator.scratch import PostgresServer, pick_binaries, temporary_server
from migrator.snapshot import Catalog
from migrator.snapshot.reader import read_from
from migrator.trace.comparison import (
    differences_in_transaction,
    disagreements,
    unseen_scans,
)
from migrator.trace.measurement import Measurement
from migrator.trace.tracer import Tracer

NO_ROW_BELONGS = "none of the generated rows belongs in it"
# With these commands of psql, pg_dump fences what it writes.
_FENCES = re.compile(r"^\\(?:un)?restrict\b.*$", re.MULTILINE)


class TraceError(UsageError):
    """The trace cannot go on; the message says what PostgreSQL refused, and where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfilled:
    """A table without rows of its own, and why."""

    table: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TracedStep:
    """One statement. `differences` are between lint's claims and what was measured; None
    where lint makes no claim, as for a DO block. `unseen`: relations without rows, of which lint
    claims a scan."""

    script: Script
    line: int
    measured: Measurement
    differences: tuple[str, ...] | None
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """The result. `unfilled` tables held no rows, so that scans of them went unseen."""

    server: str
    rows: int
    steps: tuple[TracedStep, ...]
    unfilled: tuple[Unfilled, ...]

    @property
    def failed(self) -> bool:
        """Whether a statement failed, or was not as lint claims."""
        return any(step.measured.error or step.differences for step in self.steps)


@contextmanager
def scratch_server(major: int | None) -> Iterator[PostgresServer]:
    """A server in a temporary folder, gone afterwards. Raises NotInstalledError."""
    binaries = pick_binaries(major)
    settings = {"fsync": "off", "TimeZone": "UTC", "autovacuum": "off", "wal_level": "logical"}
    with temporary_server(settings, binaries) as server:
        yield server


def trace_scripts(
    server: PostgresServer,
    scripts: list[Script],
    *,
    traced: Collection[str],
    rows: int,
    setup: tuple[str, ...] = (),
) -> Trace:
    """Runs scripts in order. Raises TraceError when one that is not traced fails, or the setup.

    traced: the file names of the scripts to trace. rows: to generate for each empty table
    before each traced script. setup: SQL to run first.
    """
    with Tracer.connect(server.url()) as tracer:
        _set_up(tracer, setup)
        steps: list[TracedStep] = []
        unfilled: dict[str, Unfilled] = {}
        generator = RowGenerator(extremes=False)
        for script in scripts:
            if script.file not in traced:
                _run(script, tracer)
                continue
            catalog = read_from(tracer.connection)
            for entry in _fill(tracer, generator, catalog, rows):
                unfilled[entry.table] = entry
            if script.facts is not None and script.facts.backfill:
                with _refusals_told(f"{script.file}: its backfill"):
                    fill_nulls(tracer.connection, catalog)
                tracer.run("ANALYZE")
            steps += _trace(script, tracer)
            if steps and steps[-1].measured.error:
                break
        for name in (name for step in steps for name in step.unseen):
            unfilled.setdefault(name, Unfilled(table=name, reason=NO_ROW_BELONGS))
        version = tracer.connection.info.server_version
    return Trace(
        server=f"PostgreSQL {version // 10_000}.{version % 10_000}",
        rows=rows,
        steps=tuple(steps),
        unfilled=tuple(unfilled.values()),
    )


def _set_up(tracer: Tracer, setup: tuple[str, ...]) -> None:
    for text in setup:
        with _refusals_told("setup"):
            tracer.run(_FENCES.sub("", text))
        # A dump empties it for itself alone.
        tracer.run("RESET search_path")


def _fill(
    tracer: Tracer, generator: RowGenerator, catalog: Catalog, rows: int
) -> Iterator[Unfilled]:
    generator.fill(tracer.connection, catalog, rows, only_empty=True)
    for refusal in generator.refused.values():
        if refusal.table in catalog.tables:
            # Of the rows before the one that was refused, something would be left to read over.
            tracer.connection.execute(
                sql.SQL("VACUUM {}").format(sql.Identifier(*catalog.schema_and_name(refusal.table)))
            )
            yield Unfilled(table=refusal.table, reason=refusal.reason)
    tracer.run("ANALYZE")


@contextmanager
def _refusals_told(work: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise TraceError(f"{work}: {server_message(error)}") from error


def _run(script: Script, tracer: Tracer) -> None:
    _refuse_opaque(script)
    for transaction, group in groupby(_work(script), key=lambda step: step.transaction):
        statements = [step.statement.text for step in group]
        if transaction is None:
            failed = next((m for m in map(tracer.single, statements) if m.error), None)
        else:
            failed = next((m for m in tracer.transaction(statements) if m.error), None)
        if failed is not None:
            raise TraceError(f"{script.file}: {failed.error}, in: {failed.sql}")


def _work(script: Script) -> list[Step]:
    return [
        step
        for step in script.steps
        if not any(isinstance(act, a.TransactionControl) for act in step.statement.actions)
    ]


def _refuse_opaque(script: Script) -> None:
    for line, reason in script.opaque:
        raise TraceError(f"{script.file}:{line} produces no SQL without a database: {reason}")


def _trace(script: Script, tracer: Tracer) -> Iterator[TracedStep]:
    _refuse_opaque(script)
    catalog = read_from(tracer.connection)
    known = {*catalog.tables, *(i for t in catalog.tables.values() for i in t.indexes)}
    version = catalog.version or 0
    work = [c for c in script_claims(script, catalog, version) if c.step in _work(script)]
    for transaction, group in groupby(work, key=lambda claims: claims.step.transaction):
        claims = list(group)
        texts = [claim.step.statement.text for claim in claims]
        if transaction is None:
            pairs = [
                (claim, tracer.single(text)) for claim, text in zip(claims, texts, strict=True)
            ]
        else:
            pairs = list(zip(claims, tracer.transaction(texts), strict=False))
        for claim, measured in pairs:
            yield _step(script, claim, measured, known, in_transaction=transaction is not None)
            if measured.error:
                return


def _step(
    script: Script,
    claim: StepClaims,
    measured: Measurement,
    known: set[str],
    *,
    in_transaction: bool,
) -> TracedStep:
    silent = any(isinstance(act, a.Opaque | a.Query) for act in claim.step.statement.actions)
    if silent or measured.error:
        differences = None
    elif in_transaction:
        differences = tuple(differences_in_transaction(claim.effects, measured, known=known))
    else:
        differences = tuple(disagreements(claim.effects, measured, known=known))
    unseen = () if differences is None else unseen_scans(claim.effects, measured, known=known)
    return TracedStep(
        script=script,
        line=claim.step.line,
        measured=measured,
        differences=differences,
        unseen=tuple(unseen),
    )
