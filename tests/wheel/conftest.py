"""The wheel, built once, and environments with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.stack_files import ROOT
from tests.wheel.environment import Environment, build_wheel, install


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def migrator_alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install groundwork-platform`."""
    return install(wheel, tmp_path_factory.mktemp("migrator"))


@pytest.fixture(scope="session")
def platform(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """`pip install 'groundwork-platform[platform]'`."""
    return install(wheel, tmp_path_factory.mktemp("platform"), extras=["platform"])
