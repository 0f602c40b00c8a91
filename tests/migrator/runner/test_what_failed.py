"""The error names the statement that failed: the revision's, Alembic's or the migrator's own."""

import pytest

from migrator.runner.downgrade import downgrade
from migrator.runner.errors import RevisionError
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject

TABLE = "CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t DEFERRABLE INITIALLY DEFERRED)"
VERSION = "UPDATE alembic_version SET version_num"
IN_A_BLOCK = ">>> outside({!r})"


def failure(database: Database, project: AlembicProject, *statements: str) -> str:
    """What is said of a second revision with these statements."""
    project.add("aa11", TABLE)
    project.add("bb22", *statements)
    with pytest.raises(RevisionError) as raised:
        upgrade(project.settings(database.url))
    message = str(raised.value)
    assert "revision bb22 (step bb22) failed" in message
    return message


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (
            ["CREATE SCHEMA app", "SET search_path = app", "CREATE TABLE u (id int)"],
            f"Alembic's statement, after the revision's own: {VERSION}",
        ),
        (
            ["SET LOCAL search_path = nowhere"],
            f"Alembic's statement, after the revision's own: {VERSION}",
        ),
        (
            ["CREATE ROLE {role}", "GRANT USAGE ON SCHEMA public TO {role}", "SET ROLE {role}"],
            f"Alembic's statement, after the revision's own: {VERSION}",
        ),
        (
            ["DROP TABLE alembic_version"],
            f"Alembic's statement, after the revision's own: {VERSION}",
        ),
        (
            ["INSERT INTO t VALUES (1, 2)"],
            "Alembic's statement, after the revision's own: COMMIT\n"
            "  it runs what the revision has put off until then",
        ),
        (
            [
                IN_A_BLOCK.format("CREATE TABLE u (id int)"),
                "CREATE ROLE {role}",
                "SET ROLE {role}",
                IN_A_BLOCK.format("SELECT 1"),
            ],
            "the migrator's statement: INSERT INTO migrator.revision_journal",
        ),
        (
            ["ALTER TABLE t ADD COLUMN id int", "SELECT 1"],
            "statement: ALTER TABLE t ADD COLUMN id int",
        ),
    ],
)
def test_it_names_the_statement_and_whose_it_is(
    database: Database, project: AlembicProject, statements: list[str], named: str
) -> None:
    role = f"{database.name}_role"
    message = failure(database, project, *(each.replace("{role}", role) for each in statements))
    database.execute(f"DROP ROLE IF EXISTS {role}")
    assert f"  {named}" in message
    if named.startswith("statement") or "COMMIT" in named:
        assert "what the revision has set" not in message
    else:
        assert "holds for it too" in message


def test_it_names_what_alembic_does_before_the_revision(
    database: Database, project: AlembicProject
) -> None:
    # What no privilege forbids, and nobody can see beforehand.
    database.execute(
        "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'no tables here'; END $$;"
        "CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE TABLE')"
        "EXECUTE FUNCTION refuse()"
    )
    project.add("aa11", TABLE)
    with pytest.raises(RevisionError, match="no tables here") as raised:
        upgrade(project.settings(database.url))
    assert raised.value.statement is not None
    assert "CREATE TABLE alembic_version" in raised.value.statement
    assert "  Alembic's statement, before the revision's own: CREATE TABLE" in str(raised.value)


def test_a_failure_that_was_caught_is_named_with_what_follows_from_it(
    database: Database, project: AlembicProject
) -> None:
    code = """>>> import contextlib
    with contextlib.suppress(Exception):
        op.execute("SELECT 1 / 0")"""
    message = failure(database, project, code, "ALTER TABLE t ADD COLUMN a int")
    assert "[SQLSTATE 25P02]" in message
    assert "the revision went on after this had failed: SELECT 1 / 0" in message


def test_a_failure_of_python_names_its_line_and_no_statement(
    database: Database, project: AlembicProject
) -> None:
    message = failure(database, project, "ALTER TABLE t ADD COLUMN a int", ">>> int('x')")
    assert "failed [ValueError]: invalid literal" in message
    assert "statement:" not in message
    line = next(each for each in message.splitlines() if each.startswith("  file: "))
    number = int(line.rpartition(":")[2])
    (file,) = project.directory.glob("versions/*_bb22.py")
    assert "int('x')" in file.read_text().splitlines()[number - 1]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("COPY t FROM STDIN", "COPY FROM STDIN cannot be run by a revision"),
        (IN_A_BLOCK.format("COPY t TO STDOUT"), "COPY TO STDOUT cannot be run by a revision"),
        (
            ">>> op.get_bind().connection.cursor().execute('COPY t FROM STDIN')",
            "[ProgrammingError]: COPY cannot be used",
        ),
        ("SELECT 1\0; DROP TABLE t", "U+0000, which PostgreSQL cannot be sent"),
        ("SELECT '\udc80'", "U+DC80, which PostgreSQL cannot be sent"),
    ],
)
def test_what_cannot_be_sent_is_told_without_a_traceback(
    database: Database,
    project: AlembicProject,
    statement: str,
    named: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert named in failure(database, project, statement)
    assert not [each for each in caplog.records if each.exc_info]  # of a reset that failed
    assert database.execute("SELECT * FROM alembic_version") == [("aa11",)]


@pytest.mark.parametrize(
    ("definition", "body", "named"),
    [
        ("async def upgrade", "SELECT 1", "upgrade() is async: nothing of it runs"),
        ("def upgrade", ">>> yield", "upgrade() is a generator, by its `yield`: nothing"),
        ("async def upgrade", ">>> yield", "upgrade() is an async generator: nothing"),
    ],
)
def test_a_function_that_only_waits_is_no_success(
    database: Database, project: AlembicProject, definition: str, body: str, named: str
) -> None:
    project.add("aa11", "CREATE TABLE t (id bigint)", body)
    project.replace("aa11", "def upgrade", definition)
    with pytest.raises(RevisionError) as raised:
        upgrade(project.settings(database.url))
    assert named in str(raised.value)
    assert database.execute("SELECT to_regclass('t'), to_regclass('alembic_version')")[0][0] is None


def test_a_downgrade_that_only_waits_is_no_success(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11", "CREATE TABLE t (id bigint)", down=("DROP TABLE t", ">>> yield"))
    upgrade(project.settings(database.url))
    with pytest.raises(RevisionError, match=r"downgrade\(\) is a generator"):
        downgrade(project.settings(database.url), target="base")
    assert database.execute("SELECT version_num FROM alembic_version") == [("aa11",)]
