"""With a database: lint's claims are what a real server does, for every row of the table."""

from itertools import groupby

import pytest

from bench.lint_corpus import Case, cases
from migrator.lint.judge import StepClaims
from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script
from migrator.scratch import PostgresServer
from migrator.snapshot.reader import read
from migrator.trace import Tracer, disagreements
from migrator.trace.comparison import differences_in_transaction
from tests.migrator.lint.test_corpus import check
from tests.migrator.trace.conftest import NewDatabase

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_claims_hold_on_a_real_server(
    case: Case, server: PostgresServer, new_database: NewDatabase
) -> None:
    if case.since > server.binaries.version:
        return  # syntax that this server does not know
    url = new_database()
    script = sql_script(case.sql, "case.sql")
    with Tracer.connect(url) as tracer:
        if case.setup:
            tracer.run(case.setup)
        catalog = read(url)
        (verdict,) = judge_scripts([script], catalog=catalog)
        check(case.expect, list(verdict.findings))
        if case.traced:
            indexes = {name for table in catalog.tables.values() for name in table.indexes}
            _compare(case, tracer, verdict.claims, catalog.tables.keys() | indexes)


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
