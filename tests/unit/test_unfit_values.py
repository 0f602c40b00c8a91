"""Values that AWS, Kubernetes or Argo CD would refuse, or read otherwise than they are written."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from components.secrets import ApplicationSecrets, ApplicationSecretsArgs
from infra.settings import notices, parse
from tests.unit.builders import EU
from tests.unit.recording import record
from tests.unit.stack_files import FILE, VALID, as_config, faults_of, put

FAULTS = [
    # What nobody sees, as YAML's `|` leaves it at the end of a text.
    (put("cluster/name", "groundwork\n"), "cluster.name", "take '\\n' out, which nobody sees"),
    (
        put("gitops/applications/myapp/revision", "v1.0.0 "),
        "gitops.applications.myapp.revision",
        "'v1.0.0 ' cannot be used; take the blanks at its ends away",
    ),
    (
        put("gitops/chart/repository", "https://example.com\u200b"),
        "gitops.chart.repository",
        "take '\\u200b' out",
    ),
    (
        put("cluster/addons/extra\n", "v1.1.1-eksbuild.1"),
        'cluster.addons["extra\\n"]',
        "take '\\n' out",
    ),
    # What is no path at all.
    (put("migrations/script_location", "x" * 300), "migrations.script_location", "an alembic.ini"),
    (
        lambda values: values["groundwork:migrations"].update(
            {"ssl_mode": "verify-ca", "ssl_root_cert": "system"}
        ),
        "migrations.ssl_root_cert",
        "libpq takes it with ssl_mode 'verify-full' only, and not with 'verify-ca'",
    ),
    *(
        (
            put("migrations/job", {"image": image}),
            "migrations.job.image",
            "give an image by its registry, name and version",
        )
        for image in (
            "migrator:",
            "registry/Migrator:1",
            "a:1 b",
            "migrator@sha256:abc",
            "a:1/b:2/c",
        )
    ),
    *(
        (
            put(
                "gitops/projects/default/source_repositories", ["https://github.com/org/repo", url]
            ),
            "gitops.projects.default.source_repositories[1]",
            "give a Git repository's address",
        )
        for url in ("", "-", "true", "org/repo", "github.com/org/repo", "https://github.com")
    ),
    (
        put("gitops/projects/default/destinations/0/server", "in-cluster"),
        "gitops.projects.default.destinations[0].server",
        "give the address of a cluster's API",
    ),
    (
        put("gitops/projects/default/description", "x" * 256),
        "gitops.projects.default.description",
        "256 cannot be used; Argo CD takes at most 255 characters",
    ),
    (
        put("gitops/applications/myapp/revision", ""),
        "gitops.applications.myapp.revision",
        "name a commit or a tag",
    ),
    *(
        (
            put(f"secrets/external_secrets/app-secrets/data/0/{key}", value),
            f"secrets.external_secrets.app-secrets.data[0].{key}",
            words,
        )
        for key, value, words in (
            ("secret_key", ".", "does not begin with '..'"),
            ("secret_key", "..data", "does not begin with '..'"),
            ("property", "", "name a field of the secret's JSON"),
            ("key", "prod/app/a b", "a secret's name has letters"),
        )
    ),
    (
        put("secrets/application_secrets", {"prod/app/x": "x" * 2049}),
        "secrets.application_secrets.prod/app/x",
        "2049 cannot be used; AWS takes at most 2,048 characters",
    ),
    (
        put(
            "cluster/access/platform-engineer/principal_arn",
            f"arn:aws:iam::123456789012:role/{'x' * 65}",
        ),
        "cluster.access.platform-engineer.principal_arn",
        "give the ARN of an IAM user or role",
    ),
    (
        put("cluster/node_pools/general/disk_gib", 65_537),
        "cluster.node_pools.general.disk_gib",
        "a volume has at most 65,536 GiB",
    ),
    (put("database/slow_statement_ms", 2**31), "database.slow_statement_ms", "at most 2147483647"),
    (
        put("database/parameters", {"work_mem": "64MB"}),
        "database.parameters.work_mem",
        "a number alone",
    ),
    (
        put("database/parameters", {"statement_timeout": "5 min"}),
        "database.parameters.statement_timeout",
        "RDS takes a number alone",
    ),
    (
        put("database/parameters", {"port": "5433"}),
        "database.parameters.port",
        "RDS sets it itself",
    ),
    (
        put("migrations/backfill_pace", {"lock_timeout_ms": 2**31}),
        "migrations.backfill_pace.lock_timeout_ms",
        "give 1 to 2,147,483,647",
    ),
    (
        put("migrations/waits", {"statement": "600h"}),
        "migrations.waits.statement",
        "at most 24 days",
    ),
]


@pytest.mark.parametrize(("change", "key", "words"), FAULTS, ids=[row[1] for row in FAULTS])
def test_a_value_that_cannot_work_is_named_with_its_key(
    change: Callable[[dict[str, Any]], None], key: str, words: str
) -> None:
    first = faults_of(change)[0]
    assert first.startswith(f"{FILE}: groundwork:{key}: ")
    assert words in first
    assert "\n" not in first


def test_a_region_with_a_line_break_is_none() -> None:
    (said, *_) = faults_of(lambda values: values.update({"aws:region": "eu-west-1\n"}))
    assert "aws:region: 'eu-west-1\\n' is no region" in said


@pytest.mark.parametrize(
    "change",
    [
        # Prose, and a value whose blanks mean something.
        put("gitops/projects/default/description", "Two\nlines\n"),
        put("database/parameters", {"log_line_prefix": "%t "}),
        put(
            "gitops/projects/default/source_repositories",
            ["https://github.com/org/repo", "git@a.b:c"],
        ),
        # RDS has it in small letters, PostgreSQL not.
        put("database/parameters", {"timezone": "Europe/Berlin", "max_connections": "200"}),
    ],
)
def test_what_works_is_taken_without_a_word(change: Callable[[dict[str, Any]], None]) -> None:
    values = copy.deepcopy(VALID)
    change(values)
    assert not list(notices(parse(as_config(values), FILE)))


def test_a_long_secrets_name_fits_into_its_tag() -> None:
    args = ApplicationSecretsArgs(account=EU, secrets={"x" * 512: ""})
    recording = record(lambda: ApplicationSecrets("application-secrets", args))
    (secret,) = recording.of_type("aws:secretsmanager/secret:Secret")
    assert len(secret.inputs["tags"]["Name"]) == 256
