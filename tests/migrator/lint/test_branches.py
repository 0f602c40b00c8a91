"""Histories with several roots, dependencies, labels and heads: judged as an upgrade runs them."""

import json

import pytest
from typer.testing import CliRunner

from migrator.cli import app
from migrator.project.history import HistoryError
from migrator.project.history_files import read_history
from migrator.project.selection import in_range
from tests.migrator.lint.conftest import Project


@pytest.fixture
def branches(project: Project) -> Project:
    """Two roots: alpha (a1, a2), and beta (b1, b2), whose first revision depends on a1."""
    project.add(
        "a1",
        'op.create_table("a", sa.Column("id", sa.BigInteger, primary_key=True))',
        attributes='branch_labels = "alpha"',
    )
    project.add("a2", "op.drop_column('a', 'x')")
    project.last = None
    project.add("b1", "op.drop_table('a')", attributes='depends_on = "a1"\nbranch_labels = "beta"')
    project.add("b2", "op.drop_column('b', 'x')")
    return project


def lint(project: Project, revisions: str) -> list[str]:
    """The revisions with unsafe findings, in the order of the report."""
    config = str(project.config)
    done = CliRunner().invoke(app, ["-c", config, "lint", "--format", "json", revisions])
    report = json.loads(done.stdout)
    return [each["revision"] for each in report["findings"] if each["severity"] == "unsafe"]


@pytest.mark.parametrize(
    ("revisions", "judged"),
    [
        ("a1:b1", ["b1"]),
        ("a1:b2", ["b1", "b2"]),
        ("a2:b2", ["b1", "b2"]),
        (":b2", ["b1", "b2"]),
        ("alpha:beta", ["b1"]),
        ("a1:", ["b1", "b2", "a2"]),
        ("a1:heads", ["b1", "b2", "a2"]),
        ("heads", ["b2", "a2"]),
        ("beta@head", ["b2"]),
        ("beta", ["b1"]),
    ],
)
def test_a_range_is_what_an_upgrade_would_run(
    branches: Project, revisions: str, judged: list[str]
) -> None:
    assert lint(branches, revisions) == judged


@pytest.mark.parametrize("revisions", ["base", "a1:a1", "b2:b1", "b2:a1", "heads:", ":base"])
def test_revisions_that_are_named_and_select_nothing_are_an_error(
    branches: Project, revisions: str
) -> None:
    with pytest.raises(HistoryError, match="none to judge in it"):
        in_range(read_history(branches.config), revisions)


@pytest.mark.parametrize(
    ("revisions", "reason"),
    [
        ("head", "'head': Multiple head revisions .* write heads for all"),
        ("a1:head", "range 'a1:head': Multiple heads are present"),
        ("beta@", "'beta@' is not a revision"),
        ("", "'' is not a revision"),
        ("@", "'@' is not a revision"),
        ("a1:b1:b2", "No such revision or branch 'b1:b2'"),
        (":-1", "range ':-1': Relative revision"),
        ("gamma@head", "'gamma'"),
    ],
)
def test_what_is_no_revision_is_refused_with_its_name(
    branches: Project, revisions: str, reason: str
) -> None:
    with pytest.raises(HistoryError, match=reason):
        in_range(read_history(branches.config), revisions)
