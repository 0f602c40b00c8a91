"""SQL files for psql: its own commands are told by name, and the SQL between them is judged."""

import subprocess
import time
from pathlib import Path

import pytest

from migrator.postgres.statements import actions as a
from migrator.project.psql import read_psql
from migrator.project.sql_file import sql_script
from tests.migrator.conftest import Database


def statements(text: str) -> list[tuple[int, str]]:
    return [(step.line, step.statement.text) for step in sql_script(text, "a.sql").steps]


@pytest.mark.parametrize(
    "command",
    [
        *("set ON_ERROR_STOP on", "echo 'it''s :x'", "timing", "pset pager off", "dt+ app.*"),
        *("x auto", "restrict aB3", "unset x", "o /dev/null", "echo one \\\\"),
    ],
)
def test_a_command_that_changes_nothing_is_passed_over(command: str) -> None:
    script = sql_script(f"SELECT 1;\n\\{command}\nDROP TABLE t;\n", "a.sql")
    assert script.opaque == script.cautions == ()
    assert [step.line for step in script.steps] == [1, 3]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("i more.sql", "\\i runs more.sql: name that file to lint as well"),
        ("ir '../more.sql'", "name that file"),
        ("! rm -f x", "\\! runs a program: rm -f x"),
        ("lo_unlink 3", "psql's command \\lo_unlink is not known"),
    ],
)
def test_what_cannot_be_judged_is_said_and_the_rest_is(command: str, reason: str) -> None:
    script = sql_script(f"SELECT 1;\n\\{command}\nDROP TABLE t;\n", "a.sql")
    ((line, message),) = script.opaque
    assert (line, reason in message) == (2, True)
    assert [step.line for step in script.steps] == [1, 3]


def test_a_query_that_a_command_sends_ends_there() -> None:
    text = "SELECT 1 AS x \\gset\nSELECT 2 \\g\nSELECT 3 \\gx out\nDROP TABLE t \\;\nSELECT 4;"
    assert [line for line, _ in statements(text)] == [1, 2, 3, 4, 5]
    script = sql_script("SELECT 'DROP TABLE t'\n\\gexec\nDROP TABLE u;", "a.sql")
    assert script.opaque == ((2, "\\gexec runs as SQL what the query returns"),)
    assert len(script.steps) == 2


def test_rows_of_copy_are_no_sql() -> None:
    text = (
        "COPY t -- all\nFROM STDIN WITH (FORMAT csv);\n1,DROP TABLE t;\n\\N,'\n\\.\nDROP TABLE u;"
    )
    assert [line for line, _ in statements(text)] == [1, 6]
    text = "copy t from stdin;\n'\n"
    assert len(statements(text)) == 1


def test_copy_by_the_client_brings_rows() -> None:
    script = sql_script(
        "\\copy app.t (a, b) from 'x.csv' csv\n\\copy (SELECT 1) to x\nSELECT 1;", "a"
    )
    first, second = script.steps
    assert isinstance(first.statement.actions[0], a.ChangeRows)
    assert (first.line, second.line) == (1, 3)
    assert script.opaque == ()


def test_variables_are_put_in_where_psql_puts_them() -> None:
    text = """\\set t 'Odd "T"'
\\set v it '''' s
\\set n 5
DROP TABLE :"t"; SELECT :'v', ':n', ":n", $$:n$$, (ARRAY[1, 2])[1:2], x[a:b], :n::int; -- :n
"""
    assert statements(text) == [
        (4, 'DROP TABLE "Odd ""T"""'),
        (4, "SELECT 'it''s', ':n', \":n\", $$:n$$, (ARRAY[1, 2])[1:2], x[a:b], 5::int"),
    ]


def test_a_variable_without_a_value_is_told_once_and_judged_by_its_name() -> None:
    script = sql_script("DROP TABLE :old;\nDROP TABLE :old;\nSELECT :'who';", "a.sql")
    assert [(line, message.split()[2]) for line, message in script.cautions] == [
        (1, "old"),
        (3, "who"),
    ]
    assert script.steps[0].statement.text == "DROP TABLE old"


def test_each_branch_is_judged_and_one_that_quits_ends_nothing() -> None:
    text = "\\if :{?x}\nDROP TABLE a;\n\\else\n\\echo no\n\\quit\n\\endif\nDROP TABLE b;\n"
    assert statements(text) == [(2, "DROP TABLE a"), (7, "DROP TABLE b")]


def test_what_comes_after_quit_is_not_run() -> None:
    script = sql_script("DROP TABLE a;\n\\q\nDROP TABLE b;\n", "a.sql")
    assert len(script.steps) == 1
    assert script.cautions == ((2, "psql ends at \\q: what comes after it is never run"),)
    assert sql_script("DROP TABLE a;\n\\q\n", "a.sql").cautions == ()


def test_a_new_session_has_none_of_the_settings() -> None:
    script = sql_script("SET lock_timeout = '1s';\n\\c other\nDROP TABLE a;\n", "a.sql")
    assert [type(step.statement.actions[0]) for step in script.steps] == [
        a.Setting,
        a.Setting,
        a.Drop,
    ]
    assert "other" in script.cautions[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT E'\\\\if \\'' || '\n\\q\n';\nDROP TABLE t;",
        "/* \\q /* \n\\q */ '*/ DROP TABLE t; -- \\q",
        "DO $x$ BEGIN\n\\q :a\nEND $x$; SELECT $1$2, a$b$c$b$ FROM t;",
        "SELECT 1::int, a.b::text[], ts::timestamp(0) FROM t WHERE x = '12:30:00';",
    ],
)
def test_what_is_no_command_stays(text: str) -> None:
    found = read_psql(text)
    assert found.sql == text
    assert found.opaque == found.cautions == []


SCRIPT = """\\set ON_ERROR_STOP on
\\set name 'a b'
CREATE TABLE :"name" (x int, y text DEFAULT '\\q');
COPY "a b" (x) FROM STDIN;
1
2
\\.
SELECT 'c' AS kind \\gset
\\if true
CREATE TABLE d (x int);
\\else
CREATE TABLE e (x int);
\\endif
\\echo done \\\\ CREATE TABLE f (x int);
\\q
CREATE TABLE g (x int);
"""


def test_psql_runs_the_statements_that_are_read(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_text(SCRIPT)
    psql = database.server.binaries.program("psql")
    subprocess.run([psql, "-q", database.dsn, "-f", file], check=True, capture_output=True)
    tables = database.execute(
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200"
    )
    actions = [
        action for step in sql_script(SCRIPT, "a").steps for action in step.statement.actions
    ]
    made = {action.table for action in actions if isinstance(action, a.CreateTable)}
    assert {name for (name,) in tables} == made - {"e"} == {"a b", "d", "f"}
    assert database.execute('SELECT count(*) FROM "a b"') == [(2,)]


def test_a_long_statement_takes_no_longer_a_row() -> None:
    def seconds_a_row(rows: int) -> float:
        text = "INSERT INTO t VALUES " + ", ".join(["('x')"] * rows)
        began = time.process_time()
        read_psql(text)
        return (time.process_time() - began) / rows

    assert seconds_a_row(100_000) < 4 * min(seconds_a_row(3_000) for _ in range(3))
