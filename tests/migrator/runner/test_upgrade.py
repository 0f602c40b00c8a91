"""The example application's history on real PostgreSQL."""

from pathlib import Path

from migrator.runner.upgrade import upgrade
from migrator.settings import MigratorSettings
from tests.migrator.conftest import Database

EXAMPLE = Path(__file__).parents[3] / "migrations" / "alembic.ini"


def test_upgrade_reaches_head_and_does_nothing_the_second_time(database: Database) -> None:
    settings = MigratorSettings(config=EXAMPLE, database_url=database.url)
    first = upgrade(settings, approved=["c6e8f1b35a92"])
    assert first.previous is None
    assert len(first.applied) == 5
    assert database.execute("SELECT version_num FROM alembic_version") == [(first.revision,)]
    second = upgrade(settings, approved=["c6e8f1b35a92"])
    assert (second.previous, second.revision, second.applied) == (
        first.revision,
        first.revision,
        (),
    )
