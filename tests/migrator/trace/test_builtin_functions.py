"""With a database: what lint takes for functions that change nothing is that on every server."""

from migrator.postgres.builtin_functions import NOT_VOLATILE
from tests.migrator.conftest import Database


def test_none_of_them_is_volatile(database: Database) -> None:
    rows = database.execute(
        "SELECT proname FROM pg_proc WHERE provolatile = 'v'"
        " AND pronamespace = 'pg_catalog'::regnamespace"
    )
    assert len(rows) > 100
    assert {name for (name,) in rows} & NOT_VOLATILE == set()
