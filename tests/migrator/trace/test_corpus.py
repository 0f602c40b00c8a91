"""With a database: lint's claims are what a real server does, for every case of the corpus."""

from collections.abc import Iterator
from itertools import groupby

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from migrator.lint.judge import StepClaims
from migrator.scratch import PostgresServer
from migrator.snapshot.reader import read_from
from migrator.trace import Tracer, disagreements
from migrator.trace.comparison import differences_in_transaction
from tests.migrator.corpus import Case, base_sql, cases, check, verdict
from tests.migrator.trace.conftest import empty_database

OWNER = "case_owner"


@pytest.fixture(scope="module")
def connected(server: PostgresServer) -> Iterator[Tracer]:
    """Connected to an empty database, as a role that owns all that is made in it."""
    url = empty_database(server, "cases")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {OWNER} SUPERUSER LOGIN")  # pyright: ignore
        connection.execute("ANALYZE")  # or queries of the catalogs are planned badly
    with Tracer.connect(make_conninfo(url, user=OWNER)) as tracer:
        yield tracer


@pytest.fixture
def tracer(connected: Tracer) -> Tracer:
    """With the corpus's tables and nothing else.

    Dropping what the last case has made and making them again takes a third of the time that
    PostgreSQL 15 needs for a database.
    """
    connected.connection.rollback()
    connected.run(f"RESET ALL; DROP OWNED BY {OWNER} CASCADE")
    connected.run(base_sql())
    return connected


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, id=case.id, marks=pytest.mark.servers(since=case.since, until=case.until)
        )
        for case in cases()
    ],
)
def test_claims_hold_on_a_real_server(case: Case, tracer: Tracer) -> None:
    if case.setup:
        tracer.run(case.setup)
    catalog = read_from(tracer.connection)
    found = verdict(case, catalog)
    check(case, case.expect, found.findings)
    if case.traced:
        indexes = {name for table in catalog.tables.values() for name in table.indexes}
        _compare(case, tracer, found.claims, catalog.tables.keys() | indexes)


def _compare(case: Case, tracer: Tracer, claims: tuple[StepClaims, ...], known: set[str]) -> None:
    errors: list[str] = []
    for transaction, group in groupby(claims, key=lambda claim: claim.step.transaction):
        steps = [claim for claim in group if not _is_control(claim)]
        if transaction is None:
            for claim in steps:
                measured = tracer.single(claim.step.statement.text)
                errors += [measured.error] if measured.error else []
                if not measured.error:
                    assert disagreements(claim.effects, measured, known=known) == []
            continue
        measurements = tracer.transaction([claim.step.statement.text for claim in steps])
        for claim, measured in zip(steps, measurements, strict=False):
            errors += [measured.error] if measured.error else []
            if not measured.error:
                assert differences_in_transaction(claim.effects, measured, known=known) == []
    if case.fails is None:
        assert errors == []
    else:
        assert [case.fails in error for error in errors] == [True], errors


def _is_control(claim: StepClaims) -> bool:
    return claim.step.statement.text.upper() in ("BEGIN", "COMMIT")
