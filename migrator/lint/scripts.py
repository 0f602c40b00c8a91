"""Judges scripts, wherever they come from."""

from copy import deepcopy

from migrator.lint.judge import Verdict, judge
from migrator.postgres.server_version import LOWEST_SUPPORTED, version_number
from migrator.project.garbage import collecting_seldom
from migrator.project.script import Script
from migrator.snapshot import Catalog


def judge_scripts(
    scripts: list[Script],
    *,
    pg_version: int = LOWEST_SUPPORTED,
    catalog: Catalog | None = None,
    enabled: frozenset[str] = frozenset(),
) -> list[Verdict]:
    """The verdicts on scripts that run one after the other. The catalog is not changed."""
    state = Catalog() if catalog is None else deepcopy(catalog)
    version = state.version or version_number(pg_version)
    with collecting_seldom():
        return list(judge(scripts, state, version=version, enabled=enabled))
