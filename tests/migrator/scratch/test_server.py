"""A server that the migrator starts."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from migrator.scratch import PostgresBinaries, PostgresServer, ServerError
from migrator.scratch import server as scratch_server
from tests.migrator.versions import installed_binaries, version_name


@pytest.mark.parametrize("binaries", installed_binaries(), ids=version_name)
def test_it_runs_in_a_folder_that_only_its_owner_may_enter(
    tmp_path: Path, binaries: PostgresBinaries
) -> None:
    """As in a checkout below /root, where PostgreSQL itself must not be root."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    (private / "bin").symlink_to(binaries.directory)
    there = replace(binaries, directory=private / "bin")
    with (
        PostgresServer(private / "data", binaries=there) as server,
        psycopg.connect(server.url()) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.destroy()


def test_it_is_reached_however_the_users_own_database_is(
    monkeypatch: pytest.MonkeyPatch, server: PostgresServer
) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSSLROOTCERT", "/nowhere/ca.pem")
    psycopg.connect(server.url()).close()


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    """Otherwise the work would be done on the other server, and its data."""
    with PostgresServer(tmp_path / "other") as other:
        second = PostgresServer(tmp_path / "second", port=other.port)
        with pytest.raises(ServerError, match=f"port {other.port} of 127.0.0.1 is in use"):
            second.start()
        assert second.pid is None
        assert other.pid is not None
    second.destroy()
    other.destroy()


def test_a_port_that_is_taken_meanwhile_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PostgresServer(tmp_path / "other") as other:
        free = scratch_server._free_port
        answers = iter([other.port])
        monkeypatch.setattr(scratch_server, "_free_port", lambda: next(answers, None) or free())
        with PostgresServer(tmp_path / "second") as second:
            assert second.port != other.port
            assert second.pid is not None
    second.destroy()
    other.destroy()
