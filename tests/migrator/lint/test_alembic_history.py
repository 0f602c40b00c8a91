"""Alembic revisions: what is rendered, from which line, and what is reported as opaque."""

from pathlib import Path

import pytest

from migrator.lint.finding import Finding
from migrator.lint.histories import judge_history, lint_history
from migrator.project.history import HistoryError
from migrator.project.history_files import read_history
from migrator.project.rendering import render
from migrator.project.selection import in_range
from migrator.snapshot.reader import read
from tests.migrator.conftest import Database
from tests.migrator.lint.conftest import ENV, Project


def rules(findings: list[Finding]) -> list[tuple[str, str, str | None]]:
    return [(f.rule, f.severity, f.revision) for f in findings if f.severity != "info"]


def line_of(file: Path, text: str) -> int:
    return next(i for i, line in enumerate(file.read_text().splitlines(), 1) if text in line)


def test_a_finding_names_the_line_of_the_op_call(project: Project) -> None:
    file = project.add(
        "one",
        """
        op.add_column("users", sa.Column("nickname", sa.Text))
        op.add_column(
            "users",
            sa.Column("region", sa.Text, nullable=False),
        )
        """,
    )
    (finding,) = [f for f in lint_history(project.config) if f.severity == "unsafe"]
    assert finding.rule == "add-column-required"
    assert finding.line == line_of(file, 'sa.Column("region"') - 2
    assert finding.statement == 1
    assert finding.locks[0].mode == "ACCESS EXCLUSIVE"


def test_autocommit_blocks_are_seen(project: Project) -> None:
    project.add("one", 'op.create_table("t", sa.Column("a", sa.BigInteger))')
    project.add("two", 'op.create_index("i", "t", ["a"], postgresql_concurrently=True)')
    project.add(
        "three",
        """
        with op.get_context().autocommit_block():
            op.create_index("j", "t", ["a"], postgresql_concurrently=True)
        """,
    )
    found = rules(lint_history(project.config))
    assert found == [("concurrently-in-transaction", "unsafe", "two")]


def test_not_valid_and_validate_in_one_revision_need_a_block_between_them(
    project: Project,
) -> None:
    add = 'op.create_check_constraint("c", "t", "a > 0", postgresql_not_valid=True)\n'
    validate = 'op.execute("ALTER TABLE t VALIDATE CONSTRAINT c")'
    project.add("one", add + validate)
    block = f"{add}with op.get_context().autocommit_block():\n    {validate}"
    project.add("two", block.replace('"c"', '"d"').replace("CONSTRAINT c", "CONSTRAINT d"))
    found = rules(lint_history(project.config))
    assert found == [("validate-in-same-transaction", "unsafe", "one")]


def test_what_earlier_revisions_say_makes_later_ones_exact(project: Project) -> None:
    project.add("one", 'op.create_table("t", sa.Column("a", sa.String(20)))')
    project.add("two", 'op.alter_column("t", "a", type_=sa.String(50))')
    project.add("three", 'op.alter_column("t", "a", type_=sa.String(10))')
    found = rules(lint_history(project.config, revisions="one:three"))
    assert found == [("alter-type-rewrite", "unsafe", "three")]


def test_existing_type_of_an_op_call_is_believed(project: Project) -> None:
    project.add(
        "one",
        """
        op.alter_column("t", "a", existing_type=sa.String(20), type_=sa.Text())
        op.alter_column("t", "b", existing_type=sa.Integer(), type_=sa.BigInteger())
        """,
    )
    (finding,) = [f for f in lint_history(project.config) if f.severity == "unsafe"]
    assert finding.statement == 1


def test_existing_type_does_not_make_a_column_older_than_its_revision(project: Project) -> None:
    added = 'op.execute("ALTER TABLE t ADD COLUMN IF NOT EXISTS a float DEFAULT random()")'
    changed = 'op.alter_column("t", "a", existing_type=sa.Float(), server_default=None)'
    project.add("one", f"{added}\n{changed}")
    found = rules(lint_history(project.config))
    assert ("add-column-volatile-default", "unsafe", "one") in found


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("for row in op.get_bind().execute(sa.text('SELECT 1')): pass", "rows that it reads"),
        ("op.get_bind().execute(sa.text('SELECT 1')).one()", "NoResultFound"),
        ("sa.inspect(op.get_bind()).get_table_names()", "NoInspectionAvailable"),
        ("raise RuntimeError('not today')", "not today"),
        ("yield", "a generator, by its `yield`: nothing of it runs"),
    ],
)
def test_a_revision_that_needs_a_connection_is_reported_with_its_line(
    project: Project, code: str, reason: str
) -> None:
    file = project.add("one", f"op.execute('SELECT 1')\n{code}")
    opaque = [f for f in lint_history(project.config) if f.kind == "opaque"]
    line = line_of(file, "def upgrade" if code == "yield" else code)
    assert {(f.severity, f.line) for f in opaque} == {("unsafe", line)}
    assert reason in opaque[-1].message


@pytest.mark.parametrize(
    "read", ["fetchall()", "scalar()", "scalars().all()", "mappings().first()", "rowcount"]
)
def test_what_comes_after_reading_rows_is_judged_as_if_there_were_none(
    project: Project, read: str
) -> None:
    code = f"found = op.get_bind().execute(sa.text('SELECT 1')).{read}"
    project.add("one", f"{code}\nif not found:\n    op.drop_table('t')")
    findings = [f for f in lint_history(project.config) if f.severity == "unsafe"]
    assert [f.rule for f in findings] == ["opaque", "drop-table"]


def test_what_an_error_leaves_unjudged_is_said(project: Project) -> None:
    project.add("one", "sa.inspect(op.get_bind())\nop.drop_table('t')")
    (finding,) = [f for f in lint_history(project.config) if f.severity == "unsafe"]
    assert "nothing that upgrade() does after it was judged" in finding.message


def test_a_branch_on_the_mode_is_not_passed_silently(project: Project) -> None:
    code = "if op.get_context().as_sql:\n    return\nop.drop_table('t')"
    project.add("one", code)
    assert [f.rule for f in lint_history(project.config) if f.severity == "unsafe"] == ["opaque"]


def test_ddl_through_the_bind_is_seen(project: Project) -> None:
    project.add("one", "op.get_bind().execute(sa.text('DROP INDEX i'))")
    assert ("drop-index", "unsafe", "one") in rules(lint_history(project.config))


def test_contract_revisions_may_drop(project: Project) -> None:
    drop = 'op.drop_column("t", "a")'
    project.add("one", drop)
    project.add("two", drop.replace('"a"', '"b"'), attributes='phase = "contract"')
    assert rules(lint_history(project.config)) == [("drop-column", "unsafe", "one")]


def test_a_named_backfill_is_proof_enough(project: Project) -> None:
    check = """
    op.execute("ALTER TABLE t ADD CONSTRAINT {0} CHECK (a IS NOT NULL) NOT VALID")
    """
    project.add("zero", 'op.create_table("t", sa.Column("id", sa.BigInteger))')
    project.add("one", 'op.add_column("t", sa.Column("a", sa.Text))')
    project.add("two", check.format("c"))
    project.add("three", check.format("d"), attributes='phase = "contract"; backfill = "t_a"')
    assert rules(lint_history(project.config)) == [("not-null-before-backfill", "unsafe", "two")]


@pytest.mark.parametrize(
    ("downgrade", "expected"),
    [
        ("pass", ["no-downgrade"]),
        ('"""Nothing to do."""', ["no-downgrade"]),
        ("yield op.drop_column('t', 'a')", ["no-downgrade"]),
        ("raise NotImplementedError('rows are gone')", []),
        ("op.drop_column('t', 'a')", []),
    ],
)
def test_downgrades(project: Project, downgrade: str, expected: list[str]) -> None:
    project.add("one", 'op.add_column("t", sa.Column("a", sa.Text))', downgrade=downgrade)
    assert [f[0] for f in rules(lint_history(project.config))] == expected


def test_an_import_of_the_application_is_found(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "shop_models.py").write_text("class User: ...\n")
    monkeypatch.syspath_prepend(str(project.folder))
    file = project.add("one", "op.execute('SELECT 1')", attributes="from shop_models import User")
    (finding,) = [f for f in lint_history(project.config) if f.rule == "application-import"]
    assert finding.line == line_of(file, "shop_models")


def test_an_env_without_offline_mode_is_replaced(project: Project) -> None:
    (project.folder / "env.py").write_text("raise SystemExit('set DATABASE_URL')\n")
    project.add("one", 'op.create_index("i", "t", ["a"])')
    rendering = render(read_history(project.config))
    assert "DATABASE_URL" in (rendering.env_fault or "")
    (verdict,) = judge_history(rendering, None)
    assert "create-index" in [f.rule for f in verdict.findings]


def test_a_history_that_cannot_be_loaded_names_the_reason(project: Project) -> None:
    file = project.add("one", "pass")
    file.write_text("revision = 'one'\ndown_revision = None\nimport nowhere\n")
    with pytest.raises(HistoryError, match="No module named 'nowhere'"):
        read_history(project.config)
    with pytest.raises(HistoryError, match=r"there is no .*missing\.ini"):
        read_history(project.folder / "missing.ini")


def test_ranges(project: Project) -> None:
    for name in ("one", "two", "three"):
        project.add(name, "pass")
    history = read_history(project.config)
    assert in_range(history, "one:three") == {"two", "three"}
    assert in_range(history, "one:") == {"two", "three"}
    assert in_range(history, ":two") == {"one", "two"}
    assert in_range(history, "two") == {"two"}
    with pytest.raises(HistoryError, match="nonsense"):
        in_range(history, "one:nonsense")


def test_an_existing_type_that_has_no_sql_tells_nothing(project: Project) -> None:
    project.add("one", "op.alter_column('t', 'c', existing_type=sa.Enum('a', 'b'), nullable=True)")
    (script,) = render(read_history(project.config)).scripts
    assert script.opaque == ()
    assert script.known_types == {}
    assert len(script.steps) == 1


LONG = "a" * 41


def long_ids(project: Project, database: Database | None = None) -> list[str]:
    catalog = read(database.dsn) if database else None
    found = lint_history(project.config, catalog=catalog)
    return [f.message for f in found if f.rule == "long-revision-id"]


def test_an_id_has_to_fit_into_the_version_table_as_it_is(
    project: Project, database: Database
) -> None:
    file = project.add(LONG, "op.execute('SELECT 1')")
    (finding,) = [f for f in lint_history(project.config) if f.rule == "long-revision-id"]
    assert finding.line == line_of(file, LONG)
    for type_, fits in {"varchar(40)": False, "varchar(41)": True, "text": True}.items():
        table = f"alembic_version (version_num {type_})"
        database.execute(f"DROP TABLE IF EXISTS alembic_version; CREATE TABLE {table}")
        assert bool(long_ids(project, database)) != fits, type_


def test_a_revision_may_widen_the_version_table(project: Project) -> None:
    widen = 'op.alter_column("alembic_version", "version_num", type_=sa.String({}))'
    project.add("short", "op.execute('SELECT 1')")
    project.add("a" * 40, widen.format(40))
    project.add("b" * 40, "op.execute('SELECT 1')")
    project.add("c" * 41, "op.execute('SELECT 1')")
    (message,) = long_ids(project)
    assert "cccc" in message
    assert message.endswith("takes 40")


def test_the_version_table_is_the_one_that_env_py_configures(
    project: Project, database: Database
) -> None:
    env = project.folder / "env.py"
    env.write_text(ENV.replace("_per_migration=True", "_per_migration=True, version_table='v'"))
    project.add(LONG, "op.execute('SELECT 1')")
    database.execute("CREATE TABLE v (version_num text)")
    assert long_ids(project, database) == []
    assert len(long_ids(project)) == 1


ODD_FILES = {
    "no encoding": lambda text: b"# \xe9\xff\n" + text,
    "no UTF-8 in spite of its word": lambda text: b"# coding: utf-8\n# \xe9\n" + text,
    "latin-1": lambda text: b"# coding: latin-1\n# \xe9\n" + text,
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "carriage returns": lambda text: text.replace(b"\n", b"\r"),
}


@pytest.mark.parametrize("kind", ODD_FILES)
def test_a_file_that_python_runs_is_judged(project: Project, kind: str) -> None:
    file = project.add("one", 'op.drop_index("i")  # migrator: allow drop-index because it may')
    file.write_bytes(ODD_FILES[kind](file.read_bytes()))
    project.add("two", "op.drop_index('j')")
    assert rules(lint_history(project.config)) == [("drop-index", "unsafe", "two")]


@pytest.mark.parametrize(
    "code",
    [
        r"op.execute('SELECT 1\0; DROP TABLE t')",
        r"op.execute('-- migrator: \udc80\nSELECT 1')",
        r"op.add_column('t', sa.Column('\ud800', sa.Text))",
        r"op.create_table_comment('t', '\udfff')",
    ],
)
def test_a_text_that_cannot_be_sent_is_not_judged(project: Project, code: str) -> None:
    file = project.add("one", code)
    (finding,) = [f for f in lint_history(project.config) if f.severity == "unsafe"]
    assert (finding.rule, finding.line) == ("opaque", line_of(file, code))
    assert "which PostgreSQL cannot be sent" in finding.message
