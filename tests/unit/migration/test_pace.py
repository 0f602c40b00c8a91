"""A stack's own waits and its backfills' pace reach whoever does the work."""

from dataclasses import fields
from datetime import timedelta
from typing import get_type_hints

import pytest

from components.arguments import ArgumentError
from components.migration import (
    MigratorJobArgs,
    ZeroDowntimeMigration,
    ZeroDowntimeMigrationArgs,
)
from components.migration.pace import PACE, WAITS, BackfillPaceSettings, WaitSettings
from migrator.backfill import RunOptions
from migrator.deployment.backfills import pace
from migrator.runner.policy import WaitPolicy
from tests.unit.migration.test_components import DATABASE
from tests.unit.recording import Recording, record

PATIENT = WaitSettings(locks=timedelta(minutes=10), statement=timedelta(seconds=2))
GENTLE = BackfillPaceSettings(workers=1, rest=4, batch_ms=8)
JOB = MigratorJobArgs(image="app:2", namespace="production", service_account="migrator")


def deployed(job: MigratorJobArgs | None = None, *, waits: WaitSettings) -> Recording:
    return record(
        lambda: ZeroDowntimeMigration(
            "release",
            ZeroDowntimeMigrationArgs(
                **DATABASE,
                application=lambda _opts: [],
                backfills=["users_email"],
                waits=waits,
                backfill_pace=GENTLE if waits is PATIENT else BackfillPaceSettings(),
                job=job,
            ),
        )
    )


def test_what_is_set_is_what_the_providers_run_with() -> None:
    recording = deployed(waits=PATIENT)
    for phase in ("expand", "contract"):
        waits = recording.named(f"release-{phase}-run").inputs["waits"]
        assert WaitPolicy(**waits) == WaitPolicy(lock_deadline=600, strong_statement=2)
    options = pace(recording.named("release-backfill-run").inputs["pace"])
    assert (options.workers, options.rest, options.batch_seconds) == (1, 4, 0.008)


def test_what_is_not_set_is_no_input_so_that_an_older_state_has_no_changes() -> None:
    recording = deployed(waits=WaitSettings())
    for name in ("release-expand-run", "release-backfill-run"):
        assert not {"waits", "pace"} & recording.named(name).inputs.keys()


def test_a_job_is_told_on_its_command_line() -> None:
    recording = deployed(JOB, waits=PATIENT)
    commands = [
        " ".join(each.inputs["spec"]["template"]["spec"]["containers"][0]["command"])
        for each in recording.resources
        if each.type == "kubernetes:batch/v1:Job"
    ]
    assert any("--lock-deadline 600 --statement-limit 2" in each for each in commands)
    assert any("--workers 1 --rest 4 --batch-ms 8 users_email" in each for each in commands)


def test_every_setting_is_one_of_the_migrators() -> None:
    assert {field.name for field in fields(WaitSettings)} == WAITS.keys()
    assert {field.name for field in fields(BackfillPaceSettings)} == PACE.keys()
    assert {name for name, _ in WAITS.values()} <= {field.name for field in fields(WaitPolicy)}
    assert {name for name, *_ in PACE.values()} <= {field.name for field in fields(RunOptions)}


def test_a_pace_that_cannot_be_is_named() -> None:
    with pytest.raises(ArgumentError, match=r"backfill_pace\.batch_ms: 0 cannot be used"):
        ZeroDowntimeMigrationArgs(
            **DATABASE,
            application=lambda _opts: [],
            backfill_pace=BackfillPaceSettings(batch_ms=0),
        )


def test_the_defaults_that_are_told_are_the_migrators() -> None:
    hints = get_type_hints(BackfillPaceSettings, include_extras=True)
    for name in ("rest", "batch_ms", "lock_timeout_ms", "statement_timeout_ms"):
        field, unit, _ = PACE[name]
        (setting,) = hints[name].__metadata__
        assert setting.meaning.endswith(f"default: {getattr(RunOptions(), field) * unit:g}")
