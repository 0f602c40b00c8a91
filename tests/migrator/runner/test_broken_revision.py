"""Revision files that do not load: every command and provider names the file and the line."""

import pytest
from typer.testing import CliRunner

from components.migration.backfill_provider import BackfillProvider
from components.migration.run_provider import RunProvider
from migrator.cli import app
from migrator.project.history import HistoryError
from migrator.project.history_files import read_linear_history
from tests.migrator.runner.alembic_project import AlembicProject

HEAD = "revision = 'aaaa'\ndown_revision = None\n"
BROKEN = [
    (
        "import sqlalchemy as sa\n\nTYPE = sa.Strng(20)\n",
        "users.py:3: AttributeError: module 'sqlalchemy' has no attribute 'Strng'",
    ),
    ("import nope\n", "users.py:1: ModuleNotFoundError: No module named 'nope'"),
    ("\ndef upgrade(:\n", "users.py:2: invalid syntax"),
    ("X = 1\n", "users.py: CommandError: Could not determine revision id"),
    ("revision = 'aaaa'\n", "users.py: AttributeError: "),
    ("revision = 'a\\udc80'\ndown_revision = None\n", "users.py: revision = 'a\\udc80' has a"),
    (f"{HEAD}phase = 'contrakt'\n", "users.py: phase = 'contrakt'; write one of"),
    (f"{HEAD}phase = 3\n", "users.py: phase = 3; write one of"),
    (f"{HEAD}phase = 'contract'\nbackfill = ['x']\n", "users.py: backfill = ['x']; write the"),
    (f"{HEAD}backfill = 'x'\n", "users.py: backfill = 'x' is waited for by a contract revision"),
    ("\0", "users.py: SyntaxError: source code string cannot contain null bytes"),
]


@pytest.fixture(params=BROKEN, ids=[text for text, _ in BROKEN])
def expected(project: AlembicProject, request: pytest.FixtureRequest) -> str:
    """What has to be said of the project, which gets a broken file."""
    text, expected = request.param
    (project.directory / "versions" / "users.py").write_text(text)
    return expected


@pytest.mark.parametrize(
    "command", [["status"], ["upgrade"], ["history"], ["downgrade", "-1"], ["lint"]]
)
def test_a_command_says_it_without_a_traceback(
    project: AlembicProject, expected: str, command: list[str]
) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nowhere"
    answer = CliRunner().invoke(app, ["-c", str(project.config), "--database-url", url, *command])
    assert answer.exit_code == 2
    assert expected in answer.output
    assert "Traceback" not in answer.output


def test_the_previews_of_both_resources_fail_with_it(
    project: AlembicProject, expected: str
) -> None:
    inputs = {
        "script_location": str(project.directory),
        "host": "db.example.com",
        "port": 5432,
        "database": "app",
        "secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
        "ssl_mode": "require",
    }
    migration = {**inputs, "target": "head", "approved_contracts": []}
    for checked in (
        RunProvider().check({}, migration),
        BackfillProvider().check({}, {**inputs, "names": None}),
    ):
        (failure,) = checked.failures
        assert failure.property == "script_location"
        assert expected in failure.reason


def test_all_broken_files_are_named(project: AlembicProject) -> None:
    for name in ("one", "two"):
        (project.directory / "versions" / f"{name}.py").write_text("import nope\n")
    with pytest.raises(HistoryError) as failure:
        read_linear_history(project.config)
    assert [fault.message.split(":")[0] for fault in failure.value.faults] == ["one.py", "two.py"]


def test_a_fault_elsewhere_is_named_by_the_line_that_leads_there(
    project: AlembicProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(project.directory)
    (project.directory / "shared_types.py").write_text("def upgrade(:\n")
    (project.directory / "versions" / "users.py").write_text("import os\nimport shared_types\n")
    with pytest.raises(HistoryError, match=r"users\.py:2: SyntaxError: .*shared_types\.py, line 1"):
        read_linear_history(project.config)
