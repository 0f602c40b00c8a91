"""What the migration components register, and in which order."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pulumi
import pytest
from pulumi import ResourceOptions

from components.arguments import ArgumentError
from components.migration import (
    AlembicMigration,
    AlembicMigrationArgs,
    Backfill,
    BackfillArgs,
    MigratorJobArgs,
    ZeroDowntimeMigration,
    ZeroDowntimeMigrationArgs,
)
from tests.unit.recording import Recording, record

CONTRACT = "c6e8f1b35a92"
RUN = "dynamic/migration:AlembicRun"
DATABASE: dict[str, Any] = {
    "script_location": "migrations",
    "host": "db.example.com",
    "port": 5432,
    "database": "app",
    "secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
}
JOB = MigratorJobArgs(image="app:2", namespace="production", service_account="migrator")


class Deployment(pulumi.CustomResource):
    """Stands for the user's application."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("test:index:Deployment", name, {}, opts)


def test_a_migration_is_one_dynamic_resource_without_secrets() -> None:
    recording = record(
        lambda: AlembicMigration(
            "schema", AlembicMigrationArgs(**DATABASE, approved_contracts=[CONTRACT])
        )
    )
    run = recording.only(RUN)
    assert run.name == "schema-run"
    assert run.inputs["approved_contracts"] == [CONTRACT]
    assert run.inputs["secret_arn"] == DATABASE["secret_arn"]
    assert len(run.inputs["history_hash"]) == 64
    # Only what captures a secret has to be encrypted in the state.
    assert isinstance(run.inputs["__provider"], str)


def test_a_release_is_expanded_deployed_filled_and_contracted_in_this_order() -> None:
    def program() -> None:
        database = Deployment("database")
        ZeroDowntimeMigration(
            "release",
            ZeroDowntimeMigrationArgs(
                **DATABASE,
                application=lambda opts: [
                    Deployment("web", opts=opts),
                    Deployment("worker", opts=opts),
                ],
                approved_contracts=[CONTRACT],
            ),
            ResourceOptions(depends_on=[database]),
        )

    recording = record(program)
    expand, contract = (
        recording.named("release-expand-run"),
        recording.named("release-contract-run"),
    )
    backfill = recording.named("release-backfill-run")
    web, worker = recording.named("web"), recording.named("worker")
    assert expand.inputs["phase"] == "expand"
    assert contract.inputs["phase"] == "contract"
    assert backfill.inputs.get("names") is None
    assert recording.named("database").urn in expand.dependencies
    assert expand.urn in web.dependencies
    assert expand.urn in worker.dependencies
    assert {web.urn, worker.urn} <= backfill.dependencies
    assert backfill.urn in contract.dependencies


def test_the_applied_revisions_of_both_phases_are_the_output() -> None:
    recording = record(
        lambda: ZeroDowntimeMigration(
            "release",
            ZeroDowntimeMigrationArgs(**DATABASE, application=lambda opts: Deployment("web", opts)),
        )
    )
    (urn,) = [one.urn for one in recording.of_type(":ZeroDowntimeMigration")]
    assert set(recording.outputs[urn]) == {"revision", "applied"}
    assert recording.outputs[urn]["revision"] == "a2c95e07b4d1"


def job_of(recording: Recording, name: str) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    job = recording.named(name)
    spec = job.inputs["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    return spec, container, container["command"]


def test_a_job_runs_the_same_command_in_the_cluster() -> None:
    recording = record(
        lambda: AlembicMigration(
            "schema",
            AlembicMigrationArgs(
                **DATABASE, job=JOB, approved_contracts=[CONTRACT], phase="expand"
            ),
        )
    )
    assert not recording.of_type(RUN)
    spec, container, command = job_of(recording, "schema-job")
    assert command == [
        *("python", "-m", "migrator", "-c", "migrations/alembic.ini"),
        *("upgrade", "head", "--phase", "expand", "--approve", CONTRACT),
    ]
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert environment == {
        "DATABASE_URL": "postgresql://db.example.com:5432/app?sslmode=require",
        "DATABASE_SECRET_ARN": DATABASE["secret_arn"],
        # Asked by the pod itself: EKS would not put them into a pod that is older than its role.
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": (
            "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
        ),
    }
    (mount,) = container["volumeMounts"]
    assert environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].startswith(mount["mountPath"])
    (volume,) = spec["template"]["spec"]["volumes"]
    assert volume["name"] == mount["name"]
    (source,) = volume["projected"]["sources"]
    assert source["serviceAccountToken"] == {
        "audience": "pods.eks.amazonaws.com",
        "expirationSeconds": 86_400,
        "path": "eks-pod-identity-token",
    }
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert (spec["backoffLimit"], spec["ttlSecondsAfterFinished"]) == (0, 86_400)
    pod = spec["template"]["spec"]
    assert pod["serviceAccountName"] == "migrator"
    assert pod["automountServiceAccountToken"] is False
    # The preview still judges the history, before the Job.
    plan = recording.only("AlembicPlan")
    assert plan.urn in recording.named("schema-job").dependencies


def test_a_certificates_file_of_any_name_is_one_parameter_of_the_address() -> None:
    file = "/etc/certificates of R&D/100%.pem"
    args = AlembicMigrationArgs(**DATABASE, job=JOB, ssl_mode="verify-ca", ssl_root_cert=file)
    recording = record(lambda: AlembicMigration("schema", args))
    _, container, _ = job_of(recording, "schema-job")
    (url,) = (each["value"] for each in container["env"] if each["name"] == "DATABASE_URL")
    assert dict(parse_qsl(urlsplit(url).query)) == {"sslmode": "verify-ca", "sslrootcert": file}


def test_another_history_makes_another_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def annotations(recording: Recording) -> dict[str, str]:
        return job_of(recording, "schema-job")[0]["template"]["metadata"]["annotations"]

    def program() -> AlembicMigration:
        return AlembicMigration("schema", AlembicMigrationArgs(**DATABASE, job=JOB))

    before = annotations(record(program))
    monkeypatch.setattr(
        "components.migration.alembic_migration.history_hash", lambda _directory: "changed"
    )
    assert annotations(record(program)) != before


def test_a_job_fills_each_backfill() -> None:
    recording = record(
        lambda: Backfill("fill", BackfillArgs(**DATABASE, job=JOB, names=["users_email"]))
    )
    assert job_of(recording, "fill-job-users-email")[2][-3:] == [
        "run",
        "--if-needed",
        "users_email",
    ]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            lambda: AlembicMigrationArgs(**{**DATABASE, "script_location": "nowhere"}),
            "script_location: 'nowhere' cannot be used; name a folder",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, target="+1"),
            "target: '+1' cannot be used; name a revision by its id, or head",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, target="-2"),
            "target: '-2' cannot be used",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, target="base"),
            "target: 'base' cannot be used",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, target=""),
            "target: '' cannot be used",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, ssl_mode="tls"),
            "ssl_mode: 'tls' cannot be used; write one of require",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, ssl_mode="verify-full"),
            "ssl_root_cert: None cannot be used",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, approved_contracts=CONTRACT),
            f"approved_contracts: '{CONTRACT}' cannot be used",
        ),
        (
            lambda: AlembicMigrationArgs(**DATABASE, postgres_version=9),
            "postgres_version: 9 cannot be used",
        ),
        (
            lambda: BackfillArgs(**DATABASE, job=JOB),
            "names: None cannot be used",
        ),
        (
            lambda: BackfillArgs(**DATABASE, job=JOB, names=["users_emial"]),
            "names[0]: 'users_emial' cannot be used; "
            "it is not in migrations/backfills (there: users_email)",
        ),
        (
            lambda: ZeroDowntimeMigrationArgs(
                **DATABASE,
                application=lambda _opts: [],
                job=JOB,
                backfills=["users_email", "users_emial"],
            ),
            "backfills[1]: 'users_emial' cannot be used; it is not in",
        ),
        (
            lambda: ZeroDowntimeMigrationArgs(
                **DATABASE, application=lambda _opts: [], backfills="users_email"
            ),
            "backfills: 'users_email' cannot be used; give a list, each text or None",
        ),
        (
            lambda: ZeroDowntimeMigrationArgs(
                **DATABASE, application=lambda _opts: [], phase="expand"
            ),
            "phase: 'expand' cannot be used",
        ),
        (
            lambda: MigratorJobArgs(
                image="app:2", namespace="a", service_account="b", ttl_seconds=0
            ),
            "ttl_seconds: 0 cannot be used",
        ),
    ],
)
def test_a_bad_argument_is_named_with_its_value(make: Callable[[], object], expected: str) -> None:
    with pytest.raises(ArgumentError) as failure:
        make()
    assert expected in str(failure.value)


def test_a_backfill_that_cannot_be_read_is_named_before_the_job_runs(tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    (tmp_path / "backfills").mkdir()
    (tmp_path / "backfills" / "one.py").write_text("backfill = None\n")
    with pytest.raises(ArgumentError, match=r"names: .*one\.py defines no `backfill"):
        BackfillArgs(**{**DATABASE, "script_location": str(tmp_path)}, job=JOB, names=["one"])
