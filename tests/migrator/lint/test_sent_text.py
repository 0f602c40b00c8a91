"""What lint says of a text is what becomes of it when Alembic sends it."""

import pytest
from alembic import command
from alembic.config import Config

from migrator.lint.histories import lint_history
from migrator.postgres.statements import actions as a
from migrator.project.history_files import read_history
from migrator.project.rendering import render
from tests.migrator.conftest import Database
from tests.migrator.lint.conftest import Project

TABLE = "CREATE TABLE t (id int PRIMARY KEY, c text, d int, j json)"
REFUSED = {"unbound-parameter", "several-with-parameters", "concurrently-in-transaction"}
RUNS = [
    r"""op.execute(r"UPDATE t SET c = '{\"days\"\:28}' WHERE id = 1")""",
    """op.execute("UPDATE t SET c = '12:30 50%' WHERE c LIKE '%(a)s' AND c <> 'http://x'")""",
    """op.execute(sa.text("UPDATE t SET c = :c WHERE id = :id").bindparams(c=":x", id=1))""",
    """op.get_bind().execute(sa.text("UPDATE t SET c = :c"), {"c": "x"})""",
    """op.get_bind().exec_driver_sql("UPDATE t SET c = '{\\"a\\":1} 50%%'")""",
    """op.get_bind().exec_driver_sql("UPDATE t SET d = %(d)s, c = '%%'", {"d": 1})""",
    """op.get_bind().exec_driver_sql("UPDATE t SET d = %s, id = %s", (0, 1))""",
    """op.execute("UPDATE t SET d = 1; UPDATE t SET d = 2")""",
    "op.execute('''DO $$ BEGIN PERFORM 1::int; END $$''')",
    """op.create_check_constraint("k", "t", "c <> 'a::b'")""",
    """op.add_column("t", sa.Column("n", sa.Text, server_default='{"a":1}'))""",
    """
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY i ON t (c);")
        op.execute("UPDATE t SET d = 1; UPDATE t SET d = 2")
        op.execute("VACUUM t")
    """,
]
FAILS = [
    r"""op.execute("UPDATE t SET c = '{\"days\":28}'")""",
    """op.execute(sa.text("UPDATE t SET c = ':name'"))""",
    """op.get_bind().execute(sa.text("UPDATE t SET c = ':name'"))""",
    """op.execute(sa.text("UPDATE t SET c = :c"))""",
    """op.get_bind().execute(sa.text("UPDATE t SET c = :c, d = :d"), {"c": "x"})""",
    """op.get_bind().exec_driver_sql("UPDATE t SET c = 'x' WHERE c LIKE 'a%'")""",
    """op.get_bind().exec_driver_sql("UPDATE t SET c = '50% '")""",
    """op.get_bind().exec_driver_sql("UPDATE t SET d = %(d)s")""",
    """op.execute("SELECT (ARRAY[1, 2])[(1):id] FROM t")""",
    "op.execute('''DO $$ BEGIN PERFORM ':a'; END $$''')",
    """op.execute(sa.text("UPDATE t SET d = :d; UPDATE t SET d = :d").bindparams(d=1))""",
    """
    with op.get_context().autocommit_block():
        op.execute("UPDATE t SET d = 1; CREATE INDEX CONCURRENTLY i ON t (c)")
    """,
    """
    with op.get_context().autocommit_block():
        op.execute("VACUUM t; ANALYZE t")
    """,
    """op.execute("REINDEX TABLE CONCURRENTLY t")""",
    """op.execute("CREATE DATABASE other")""",
    """op.execute("ALTER SYSTEM SET work_mem = '8MB'")""",
]


def upgrade(project: Project, database: Database) -> None:
    config = Config(str(project.config))
    config.set_main_option("sqlalchemy.url", database.url)
    command.upgrade(config, "head")


@pytest.mark.parametrize(("cases", "works"), [(RUNS, True), (FAILS, False)], ids=["runs", "fails"])
def test_what_is_refused_is_what_fails(
    cases: list[str], works: bool, project: Project, database: Database
) -> None:
    for code in cases:
        file = project.add("one", code)
        project.last = None
        found = {f.rule for f in lint_history(project.config)} & REFUSED
        assert not found if works else found, code
        database.execute(f"DROP TABLE IF EXISTS t, alembic_version; {TABLE}")
        try:
            upgrade(project, database)
            ran = True
        except Exception:  # noqa: BLE001 - SQLAlchemy's, psycopg's or the server's
            ran = False
        assert ran == works, code
        file.unlink()


def test_the_safe_form_runs(project: Project, database: Database) -> None:
    database.execute(f"{TABLE}; CREATE INDEX a ON t (d)")
    failing = [
        r"""op.execute("UPDATE t SET c = '{\"days\":28}'")""",
        """op.get_bind().exec_driver_sql("UPDATE t SET c = c || ' 50%' WHERE c LIKE '{%'")""",
        """
        with op.get_context().autocommit_block():
            op.execute('DROP INDEX CONCURRENTLY a; CREATE INDEX CONCURRENTLY b ON t ("c:d")')
        """.replace("c:d", "c"),
    ]
    for number, code in enumerate(failing):
        project.last = f"r{number - 1}" if number else None
        file = project.add(f"r{number}", code)
        form = next(f.safe_form for f in lint_history(project.config) if f.rule in REFUSED)
        file.unlink()
        project.last = f"r{number - 1}" if number else None
        project.add(f"r{number}", form or "")
    upgrade(project, database)
    assert database.execute("SELECT c FROM t") == []
    assert database.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'b'") == [(1,)]


VALUES = """
import datetime, decimal, enum, ipaddress, uuid
from sqlalchemy.dialects import postgresql as pg

class Own:
    pass

class Kind(enum.Enum):
    one = 1

class Shape(sa.types.UserDefinedType):
    def get_col_spec(self, **options):
        return "shape"

ROW = {
    "j": (sa.JSON, {"a": [1, None]}),
    "b": (pg.JSONB, [{"it's": True}]),
    "h": (pg.HSTORE, {"a": "b"}),
    "i": (pg.INET, ipaddress.ip_address("10.0.0.1")),
    "r": (pg.INT4RANGE, pg.Range(1, 2)),
    "m": (pg.INT4MULTIRANGE, [pg.Range(1, 2)]),
    "a": (pg.ARRAY(pg.UUID), [uuid.UUID(int=3)]),
    "t": (sa.ARRAY(sa.Text), ["x'y", None]),
    "e": (sa.Enum(Kind), Kind.one),
    "f": (pg.ARRAY(pg.ENUM("a", name="f")), ["a"]),
    "n": (sa.Numeric, decimal.Decimal("1.5")),
    "d": (sa.DateTime(timezone=True), datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)),
    "x": (sa.LargeBinary, bytes([0, 255])),
    "v": (sa.Interval, datetime.timedelta(days=1, seconds=2)),
    "u": (sa.Uuid, uuid.UUID(int=4)),
    "p": (sa.PickleType, {"a": Own}),
    "s": (Shape, Own()),
    "g": (None, Own()),
}
t = sa.table("t", *(sa.column(name, kind) for name, (kind, _) in ROW.items()))
row = {name: value for name, (_, value) in ROW.items()}
"""


@pytest.mark.parametrize(
    "code",
    [
        "op.bulk_insert(t, [row, row])",
        "op.execute(t.insert().values(row))",
        "op.execute(t.update().where(t.c.u == row['u']).values(row))",
        "op.execute(t.delete().where(t.c.j == row['j'], t.c.a.in_([row['a']])))",
        "op.get_bind().execute(t.insert(), [row, row])",
        "op.get_bind().execute(sa.text('UPDATE t SET j = :j, x = :x WHERE id = 1'), row)",
        "op.get_bind().execute(t.update().where(t.c.u == sa.bindparam('k')), [row | {'k': 1}])",
        "op.get_bind().exec_driver_sql('UPDATE t SET j = %(j)s WHERE id = 1', row)",
    ],
)
def test_values_of_any_type_are_judged(code: str, project: Project) -> None:
    project.add("one", f"{code}\nop.execute('DROP TABLE t')", attributes=VALUES)
    (script,) = render(read_history(project.config)).scripts
    assert script.opaque == ()
    *changes, drop = script.steps
    assert drop.statement.text == "DROP TABLE t"
    assert changes
    for step in changes:
        assert [type(action) for action in step.statement.actions] == [a.ChangeRows]


def test_what_is_rendered_is_what_is_written(project: Project, database: Database) -> None:
    """A trace and a rehearsal run the text that was rendered."""
    database.execute("CREATE TABLE t (c text, j jsonb, x bytea, a text[], v interval)")
    project.add(
        "one",
        """
        t = sa.table("t", sa.column("c"), sa.column("j", sa.JSON), sa.column("x", sa.LargeBinary),
                     sa.column("a", sa.ARRAY(sa.Text)), sa.column("v", sa.Interval))
        op.bulk_insert(t, [{"c": "50% :a\\t\t", "j": {"k": "it's"}, "x": bytes([0, 255]),
                            "a": ["x'y", None], "v": datetime.timedelta(days=1)}])
        """,
        attributes="import datetime",
    )
    (script,) = render(read_history(project.config)).scripts
    for step in script.steps:
        database.execute(step.statement.text)
    upgrade(project, database)
    first, second = database.execute("SELECT * FROM t")
    assert first == second
