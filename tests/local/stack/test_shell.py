"""`source .local/env`: every tool reaches the local platform."""

import json
import shutil

import pytest

from tests.local.stack.checkout import Checkout


def test_pulumi_shows_the_outputs(deployed: Checkout) -> None:
    outputs = json.loads(deployed.said("pulumi stack output --json"))
    assert outputs


def test_kubectl_comes_in_through_access_entries(deployed: Checkout) -> None:
    assert "production" in deployed.said("kubectl get namespaces")
    assert "platform-engineer" in deployed.said("kubectl auth whoami")


def test_aws_is_the_local_one(deployed: Checkout) -> None:
    assert "123456789012:user/platform-engineer" in deployed.said("aws sts get-caller-identity")


def test_psql_logs_in(deployed: Checkout) -> None:
    assert deployed.said("psql -Atc 'select current_user'").strip() == "groundwork"
    assert "users_email" in deployed.said("psql -c '\\d users'")


def test_the_database_takes_no_connection_without_tls(deployed: Checkout) -> None:
    script = "PGSSLMODE=disable python -c 'import psycopg; psycopg.connect()'"
    result = deployed.shell(script)
    assert result.returncode != 0
    assert "psycopg.OperationalError" in result.stderr


def test_alembic_and_the_migrator_agree(deployed: Checkout) -> None:
    revision = deployed.said("pulumi stack output schema_revision").strip()
    assert deployed.said("alembic current").split()[0] == revision
    assert f"revision  {revision}" in deployed.said("python -m migrator status")


def test_zsh_reads_it_too(deployed: Checkout) -> None:
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("no zsh on this machine")
    result = deployed.shell("aws sts get-caller-identity", shell=zsh)
    assert result.returncode == 0, result.stderr


def test_status_shows_services_and_outputs(deployed: Checkout) -> None:
    said = deployed.must("status")
    for service in ("etcd", "kube-apiserver", "kube-controller-manager", "AWS endpoint"):
        assert service in said
    assert said.count("well") == 4
