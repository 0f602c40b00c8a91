"""`source .local/env`: every tool reaches the local platform."""

import json
import shutil

import pytest

from tests.local.stack.checkout import Checkout

SHELLS = [shell for shell in ("bash", "zsh", "sh") if shutil.which(shell)]


def test_pulumi_shows_the_outputs(deployed: Checkout) -> None:
    outputs = json.loads(deployed.said("pulumi stack output --json"))
    assert outputs


def test_pulumi_means_the_local_stack_after_others_were_previewed(deployed: Checkout) -> None:
    assert deployed.said("pulumi stack --show-name").strip() == "local"


def test_kubectl_comes_in_through_access_entries(deployed: Checkout) -> None:
    assert "production" in deployed.said("kubectl get namespaces")
    assert "platform-engineer" in deployed.said("kubectl auth whoami")


def test_aws_is_the_local_one(deployed: Checkout) -> None:
    assert "123456789012:user/platform-engineer" in deployed.said("aws sts get-caller-identity")


def test_psql_logs_in(deployed: Checkout) -> None:
    assert deployed.said("psql -Atc 'select current_user'").strip() == "groundwork"
    assert "users_username_key" in deployed.said("psql -c '\\d users'")


def test_the_database_takes_no_connection_without_tls(deployed: Checkout) -> None:
    script = "PGSSLMODE=disable python -c 'import psycopg; psycopg.connect()'"
    result = deployed.shell(script)
    assert result.returncode != 0
    assert "psycopg.OperationalError" in result.stderr


def test_alembic_and_the_migrator_agree(deployed: Checkout) -> None:
    revision = deployed.said("pulumi stack output schema_revision").strip()
    assert deployed.said("alembic current").split()[0] == revision
    assert f"revision  {revision}" in deployed.said("python -m migrator status")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_file_is_for_every_shell(deployed: Checkout, shell: str) -> None:
    result = deployed.shell("echo $AWS_REGION; command -v pulumi", shell=shell)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["eu-west-1", str(deployed.home / "bin" / "pulumi")]


def test_status_shows_services_and_outputs(deployed: Checkout) -> None:
    said = deployed.must("status")
    for service in (
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "AWS endpoint",
        "PostgreSQL",
    ):
        assert service in said
    assert said.count("well") == 5
