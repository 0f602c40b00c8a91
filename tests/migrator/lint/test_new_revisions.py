"""Without arguments, only what is new is judged, and lint says how it knows and how much is old."""

import json
import subprocess
from pathlib import Path

import pytest

from migrator.project.branch import not_on_branch
from migrator.project.history_files import read_history
from tests.migrator.conftest import Database
from tests.migrator.lint.conftest import Project
from tests.migrator.lint.test_cli import run


def git(folder: Path, *command: str) -> None:
    subprocess.run(["git", "-C", str(folder), *command], check=True)


def commit(folder: Path, branch: str = "main") -> None:
    git(folder, "init", "-q", "-b", branch)
    git(folder, "add", ".")
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    git(folder, *identity, "commit", "-q", "-m", "one")


def judged(project: Project, *options: str) -> tuple[set[str], str]:
    """The revisions with findings, and what the judgement stands on."""
    result = run(project.config, "lint", "--format", "json", *options)
    assert result.exit_code in (0, 1), result.output
    report = json.loads(result.stdout)
    return {f["revision"] for f in report["findings"]}, report["summary"]["knowledge"]


def test_the_base_branch_is_asked_for_every_folder_and_any_name(project: Project) -> None:
    folder = project.folder
    (folder / "more").mkdir()
    locations = f"version_locations = {folder}/versions {folder}/more\npath_separator = space\n"
    project.config.write_text(project.config.read_text() + locations)
    project.add("one", "pass").rename(folder / "more" / "größe.py")
    commit(folder)
    project.add("two", "pass")
    assert not_on_branch(read_history(project.config), "main") == {"two"}


@pytest.fixture
def two(project: Project) -> Project:
    """A revision that is committed, and one that is not."""
    project.add("one", "op.drop_table('a')")
    commit(project.folder)
    project.add("two", "op.drop_table('b')")
    return project


def test_the_default_is_what_main_does_not_have(two: Project) -> None:
    found, knowledge = judged(two)
    assert found == {"two"}
    assert "1 revision not on the branch main; 1 older one is not judged again" in knowledge


@pytest.mark.parametrize("branch", ["master", "origin/main"])
def test_another_usual_branch_stands_in_for_main(two: Project, branch: str) -> None:
    git(two.folder, "checkout", "-q", "--detach")
    git(
        two.folder, "update-ref", f"refs/{'remotes' if '/' in branch else 'heads'}/{branch}", "HEAD"
    )
    git(two.folder, "branch", "-q", "-D", "main")
    found, knowledge = judged(two)
    assert found == {"two"}
    assert f"not on the branch {branch}" in knowledge


@pytest.mark.parametrize("command", ["lint", "trace"])
def test_a_base_that_names_no_branch_is_refused(two: Project, command: str) -> None:
    result = run(two.config, command, "--base", "mian")
    assert result.exit_code == 2
    assert "--base mian: git has no such branch" in result.stderr.replace("\n", " ")


def test_a_base_outside_of_git_is_refused(project: Project) -> None:
    project.add("one", "pass")
    result = run(project.config, "lint", "--base", "main")
    assert result.exit_code == 2
    assert "not a git repository" in result.stderr.replace("\n", " ")


def test_where_nothing_tells_what_is_new_all_is_judged_and_said(project: Project) -> None:
    project.add("one", "op.drop_table('a')")
    found, knowledge = judged(project)
    assert found == {"one"}
    assert (
        "the whole history of 1 revision: no database and no branch tells which are new"
        in knowledge
    )


def name_database(project: Project, database: Database) -> None:
    project.config.write_text(f"{project.config.read_text()}sqlalchemy.url = {database.url}\n")


def test_the_default_is_what_the_projects_database_does_not_have(
    two: Project, database: Database
) -> None:
    two.add("three", "op.drop_table('c')")
    name_database(two, database)
    database.execute(
        "CREATE TABLE alembic_version (version_num text);INSERT INTO alembic_version VALUES ('two')"
    )
    found, knowledge = judged(two)
    assert found == {"three"}
    assert "1 revision not in the database; 2 older ones are not judged again" in knowledge
    found, _ = judged(two, "--base", "main")
    assert found == {"two", "three"}


def test_an_empty_database_of_the_projects_makes_nothing_new(
    two: Project, database: Database
) -> None:
    name_database(two, database)
    found, knowledge = judged(two)
    assert found == {"two"}
    assert "not on the branch main" in knowledge
    assert "no catalog" in knowledge
    found, knowledge = judged(two, "--database-url", database.dsn)
    assert found == {"one", "two"}
    assert "the whole history of 2 revisions" in knowledge
