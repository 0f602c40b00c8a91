"""Fixtures of the runner's tests."""

from pathlib import Path

import pytest

from tests.migrator.runner.alembic_project import AlembicProject, make_project


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """An Alembic project without revisions."""
    return make_project(tmp_path / "project")
