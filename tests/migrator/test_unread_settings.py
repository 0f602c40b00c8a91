"""A setting that nobody reads is not passed over in silence."""

import json
from pathlib import Path

import pytest

from migrator.project.unread import unread_settings
from tests.migrator.lint.conftest import Project, new_project
from tests.migrator.lint.test_cli import run


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "project")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[tool.migrator]\nlock_deadline = 3", ["[tool.migrator] is not read"]),
        ("[tool.groundwork.lint]\nbase = 'dev'", ["[tool.groundwork] is not read"]),
        ("[tool.alembic]\nscript_locaton = 'x'", ["script_locaton", "mean script_location?"]),
        ("[tool.alembic]\n'sqlalchemy.url' = 'x'", ["sqlalchemy.url is not read", "DATABASE_URL"]),
        ("[tool.alembic]\nscript_location = 'x'", ["that of alembic.ini comes before it"]),
    ],
)
def test_what_pyproject_toml_says_in_vain_is_told(
    project: Project, toml: str, told: list[str]
) -> None:
    (project.folder / "pyproject.toml").write_text(toml)
    (line,) = unread_settings(project.config)
    assert all(part in line for part in told)
    assert "pyproject.toml: " in line


@pytest.mark.parametrize(
    ("ini", "told"),
    [
        ("[migrator]\nbase = dev", "[migrator] is not read"),
        ("[alembic]\nscript_locations = %(here)s", "did you mean script_location?"),
    ],
)
def test_so_is_what_alembic_ini_says_in_vain(project: Project, ini: str, told: str) -> None:
    project.config.write_text(ini)
    (line,) = unread_settings(project.config)
    assert told in line


@pytest.mark.parametrize(
    "toml",
    ["", "[tool.ruff]\nx = 1", "[tool.alembic]\ntimezone = 'UTC'\nours = 1", "[tool", "tool = 1"],
)
def test_what_is_read_or_is_no_concern_of_ours_is_not_told(project: Project, toml: str) -> None:
    (project.folder / "pyproject.toml").write_text(toml)
    assert unread_settings(project.config) == []


def test_it_is_told_beside_the_report(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.folder)
    Path("pyproject.toml").write_text("[tool.migrator]\nbase = 'dev'\n")
    project.add("one", "op.execute('SELECT 1')")
    result = run(project.config, "lint", "--format", "json")
    assert result.exit_code == 0, result.output
    assert "note: pyproject.toml: [tool.migrator] is not read" in result.stderr
    assert json.loads(result.stdout)["summary"]["files"] == 1
