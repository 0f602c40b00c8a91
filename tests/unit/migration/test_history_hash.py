"""The fingerprint that makes a new revision a change of input."""

from pathlib import Path

import pytest

from components.migration.history_hash import history_hash


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text("env\n")
    (tmp_path / "versions" / "a.py").write_text("revision = 'a'\n")
    return tmp_path


def test_it_is_the_same_in_another_checkout(project: Path, tmp_path: Path) -> None:
    before = history_hash(project)
    moved = project.rename(project.parent / "elsewhere")
    (moved / "env.py").write_bytes(b"env\r\n")
    (moved / "versions" / "__pycache__").mkdir()
    (moved / "versions" / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"x")
    assert history_hash(moved) == before


@pytest.mark.parametrize("file", ["env.py", "versions/a.py", "versions/b.py", "alembic.ini"])
def test_any_file_that_decides_a_migration_changes_it(project: Path, file: str) -> None:
    before = history_hash(project)
    (project / file).write_text("changed\n")
    assert history_hash(project) != before


def test_the_program_does_not_import_what_only_the_provider_needs() -> None:
    import subprocess
    import sys

    code = (
        "import sys, components.migration; "
        "print([name for name in ('alembic', 'boto3', 'sqlalchemy', 'psycopg') "
        "if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr
