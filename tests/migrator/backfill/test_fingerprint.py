"""What counts as a changed definition."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.backfill import Backfill, BackfillError, load_backfills, remaining, run_backfill
from migrator.backfill.definition import Row
from tests.migrator.conftest import Database

FILE = """
from migrator.backfill import Backfill

def double(rows):
    return [{"n": row["n"] * 2} for row in rows]

backfill = Backfill(
    name="double",
    table="item",
    function=FUNCTION,
    key=("id",),
)
"""
LAMBDA = """lambda rows: [
        {"n": row["n"] * 2}
        for row in rows
    ]"""
# Compiled from text that is no file, with a set among its constants.
COMPILED = """eval("lambda rows: [{'n': 2} for row in rows if row['a'] in {'x', 'y', 'z', 'w'}]")"""


def fingerprint(folder: Path, text: str) -> str:
    (folder / "double.py").write_text(text)
    return load_backfills(folder)["double"].fingerprint()


@pytest.mark.parametrize(
    ("function", "change"),
    [
        ("double", ("* 2", "* 3")),
        (LAMBDA, ("* 2", "* 3")),
        (COMPILED, ("'n': 2", "'n': 3")),
        (COMPILED, ("'w'", "'v'")),
        ("double", ('key=("id",)', 'key=("id",), columns=("n",)')),
        ("double", ("function=double", "batch=double")),
    ],
)
def test_python_code_is_a_part_of_the_definition(
    tmp_path: Path, function: str, change: tuple[str, str]
) -> None:
    text = FILE.replace("FUNCTION", function)
    before = fingerprint(tmp_path, text)
    assert fingerprint(tmp_path, "# Elsewhere.\n" + text) == before
    assert fingerprint(tmp_path, text.replace(*change)) != before


@pytest.mark.parametrize("function", ["double", LAMBDA, COMPILED])
def test_it_is_the_same_in_every_process(tmp_path: Path, function: str) -> None:
    here = fingerprint(tmp_path, FILE.replace("FUNCTION", function))
    program = (
        "import sys; from pathlib import Path; from migrator.backfill import load_backfills;"
        "print(load_backfills(Path(sys.argv[1]))['double'].fingerprint())"
    )
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.strip() == here


def test_what_former_versions_noted_for_an_expression_still_holds() -> None:
    backfill = Backfill(name="fill", table="item", set={"n": "n + 1"}, where="n = 0", key=("id",))
    assert backfill.fingerprint() == "9c88932bc70346e5"


def add_one(rows: Sequence[Row]) -> list[Row | None]:
    return [{"n": row["n"] + 1} for row in rows]


def add_two(rows: Sequence[Row]) -> list[Row | None]:
    return [{"n": row["n"] + 2} for row in rows]


def test_without_where_another_function_does_not_go_on(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, n int); INSERT INTO item VALUES (1, 0)"
    )
    backfill = Backfill(name="count", table="item", function=add_one)
    changed = replace(backfill, function=add_two)
    run_backfill(database.url, backfill)
    with database.connect() as connection:
        assert remaining(connection, backfill) == 0
        assert remaining(connection, changed) == 1
    with pytest.raises(BackfillError, match="count was changed since it began"):
        run_backfill(database.url, changed)
    assert database.execute("SELECT n FROM item") == [(1,)]


def test_a_function_that_began_under_a_former_version_goes_on(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, n int); INSERT INTO item VALUES (1, 0)"
    )
    backfill = Backfill(name="count", table="item", function=add_one)
    run_backfill(database.url, backfill)
    database.execute("UPDATE migrator.migrator_backfill SET fingerprint = '68bb13d07adb8270'")
    with database.connect() as connection:
        assert remaining(connection, backfill) == 0
    run_backfill(database.url, backfill)
    # From here on a change is seen.
    with pytest.raises(BackfillError, match="count was changed since it began"):
        run_backfill(database.url, replace(backfill, function=add_two))
    assert database.execute("SELECT n FROM item") == [(1,)]
