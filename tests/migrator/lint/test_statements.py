"""SQL texts as statements, whatever their size and encoding."""

from pathlib import Path

import pytest

from migrator.postgres.statements import actions as a
from migrator.postgres.statements import summarise
from migrator.project.sql_file import ScriptError, read_script, sql_script

DEEP = {
    "union": "SELECT 1" + " UNION ALL SELECT 1" * 1000,
    "concatenation": "SELECT 'x'" + " || 'x'" * 500,
    "conditions in a block": "DO $$BEGIN " + "IF true THEN " * 600 + "END IF; " * 600 + "END$$",
    "concatenation in a block": "DO $$BEGIN PERFORM 'x'" + " || 'x'" * 500 + "; END$$",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_a_statement_nested_too_deeply_hides_no_other(text: str) -> None:
    first, deep, last = summarise(f"DROP INDEX i;\n{text};\nDROP TABLE t")
    assert isinstance(first.actions[0], a.Drop)
    assert isinstance(deep.actions[0], a.Opaque)
    assert "deeply" in deep.actions[0].reason
    assert (deep.line, last.line) == (2, 3)
    assert isinstance(last.actions[0], a.Drop)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("interval", "interval"),
        ("interval(3)", "interval(3)"),
        ("interval year", "interval year"),
        ("interval minute to second(2)", "interval minute to second(2)"),
        ("pg_catalog.interval(a)", "interval"),
    ],
)
def test_a_type_has_the_name_that_format_type_gives_it(written: str, name: str) -> None:
    (statement,) = summarise(f"ALTER TABLE t ADD COLUMN c {written}")
    (action,) = statement.actions
    assert isinstance(action, a.AddColumn)
    assert action.column.type == name


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "one.sql"
    file.write_bytes("DROP TABLE users;".encode("utf-8-sig"))
    (step,) = read_script(file).steps
    assert isinstance(step.statement.actions[0], a.Drop)


@pytest.mark.parametrize(
    ("where", "bounded"),
    [
        ("id > 0", False),
        ("created < now()", False),
        ("0 < id AND name IS NULL", False),
        ("id > 0 AND other < 5", False),
        ("id > 0 AND id <= 5", True),
        ("0 < id AND 5 >= id", True),
        ("id BETWEEN 1 AND 5", True),
        ("id = 7", True),
        ("id = ANY('{1}') AND n > 0", True),
        ("id <> 7", False),
    ],
)
def test_a_range_with_one_end_is_no_bound(where: str, bounded: bool) -> None:
    for change in ("DELETE FROM t", "UPDATE t SET n = 1"):
        (action,) = summarise(f"{change} WHERE {where}")[0].actions
        assert isinstance(action, a.ChangeRows)
        assert action.bounded is bounded


def test_and_chain_begins_another_transaction() -> None:
    script = sql_script("BEGIN; DROP TABLE t; COMMIT AND CHAIN; DROP TABLE u; COMMIT;", "one.sql")
    numbers = [step.transaction for step in script.steps]
    assert numbers == [None, 1, None, 2, None]
    assert script.begins_unclosed is None


def test_a_file_with_a_zero_byte_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "one.sql"
    file.write_text("SELECT 1;\n\0 DROP TABLE t;")
    with pytest.raises(ScriptError, match="line 2 has a zero byte"):
        read_script(file)
