"""The migrator's commands where neither Pulumi nor AWS packages are."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.unit.stack_files import ROOT
from tests.wheel.environment import Environment

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1"


@pytest.fixture(scope="module")
def project(migrator_alone: Environment) -> Environment:
    """With this repository's migrations beside it."""
    shutil.copytree(ROOT / "migrations", migrator_alone.work / "migrations")
    return migrator_alone


@pytest.mark.parametrize("package", ["pulumi", "pulumi_aws", "boto3", "pytest"])
def test_other_packages_are_not_there(migrator_alone: Environment, package: str) -> None:
    done = migrator_alone.run("python", "-c", f"import {package}")
    assert f"No module named '{package}'" in done.stderr


def test_it_lists_its_commands(migrator_alone: Environment) -> None:
    done = migrator_alone.run("migrator", "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage: migrator [OPTIONS] COMMAND" in done.stdout
    assert "rehearse" in done.stdout


def test_it_judges_a_file_of_sql(migrator_alone: Environment) -> None:
    (migrator_alone.work / "index.sql").write_text("CREATE INDEX users_email ON users (email);\n")
    done = migrator_alone.run("migrator", "lint", "--format", "json", "index.sql")
    assert done.returncode == 1, done.stderr
    assert "CONCURRENTLY" in done.stdout


def test_it_judges_a_projects_revisions(project: Environment) -> None:
    files = sorted((project.work / "migrations/versions").glob("*.py"))
    done = project.run("migrator", "lint", "--format", "json", *files)
    assert done.returncode == 0, done.stderr
    revisions = {finding["revision"] for finding in json.loads(done.stdout)["findings"]}
    assert "8d4f93a6e715" in revisions


def test_a_database_that_is_not_there_is_told(project: Environment) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    done = project.run("migrator", "--database-url", url, "status")
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot connect to postgresql://nobody@127.0.0.1:1/none")


def test_a_secret_without_boto3_is_told_what_to_install(project: Environment) -> None:
    url = "postgresql://127.0.0.1:1/none"
    done = project.run("migrator", "--database-url", url, "--secret-arn", SECRET, "status")
    assert done.returncode == 2
    assert done.stderr == (
        f"error: reading the secret {SECRET} needs boto3: pip install 'groundwork-platform[aws]'\n"
    )
