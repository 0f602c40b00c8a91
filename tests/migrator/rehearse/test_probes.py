"""Probes fail where the release would, and leave nothing behind."""

from pathlib import Path

import pytest

from migrator.project.history_files import read_linear_history
from migrator.rehearse.probes import ProbeError, load_probes, run_probe
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject, make_project

HEADER = "-- from: base\n-- until: head\n"


def write_probe(directory: Path, text: str) -> AlembicProject:
    project = make_project(directory)
    project.add("create", "SELECT 1")
    (directory / "probes" / "old").mkdir(parents=True)
    (directory / "probes" / "old" / "write.sql").write_text(HEADER + text)
    return project


def run(database: Database, directory: Path, text: str) -> str | None:
    project = write_probe(directory, text)
    (probe,) = load_probes(directory / "probes", read_linear_history(project.config))
    with database.connect() as connection:
        return run_probe(connection, probe)


def test_a_deferred_constraint_is_looked_at(database: Database, tmp_path: Path) -> None:
    database.execute(
        "CREATE TABLE customer (id int PRIMARY KEY);"
        "CREATE TABLE sale (customer int REFERENCES customer DEFERRABLE INITIALLY DEFERRED)"
    )
    fault = run(database, tmp_path / "bad", "INSERT INTO sale VALUES (7);")
    assert fault is not None
    assert 'violates foreign key constraint "sale_customer_fkey"' in fault
    assert fault.endswith("at its end")
    late = "INSERT INTO sale VALUES (7); INSERT INTO customer VALUES (7);"
    assert run(database, tmp_path / "good", late) is None
    assert database.execute("SELECT count(*) FROM customer") == [(0,)]


@pytest.mark.parametrize(
    "statement", ["BEGIN", "COMMIT", "ROLLBACK AND CHAIN", "start transaction"]
)
def test_transaction_control_is_refused_with_its_line(tmp_path: Path, statement: str) -> None:
    project = write_probe(tmp_path / "project", f"SELECT 'é';\n-- why\n{statement};\nSELECT 2;\n")
    with pytest.raises(ProbeError, match=rf"write\.sql:5: {statement}: .* is rolled back"):
        load_probes(project.directory / "probes", read_linear_history(project.config))


def test_savepoints_are_no_end_of_the_transaction(database: Database, tmp_path: Path) -> None:
    text = "SAVEPOINT a; CREATE TABLE gone (id int); ROLLBACK TO a; RELEASE a; SELECT 1 % 2;"
    assert run(database, tmp_path / "project", text) is None
    assert database.execute("SELECT to_regclass('gone')") == [(None,)]
