"""Whatever a project's files hold, a command ends with an answer or a message, not a traceback."""

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from migrator.cli import app
from tests.migrator.lint.conftest import ENV

IDS = "'a1' 'a2' 'b1' None 5 '' 'head' 'a b' 'x'*60 b'a' ['a1'] 'a1@b' 'ä☃' 'a1:a2' 0.5".replace(
    "'a b'", "'a\\tb'"
).split()
PARENTS = [
    "None",
    "'a1'",
    "'a2'",
    "'b1'",
    "('a1','b1')",
    "()",
    "[]",
    "'nope'",
    "5",
    "'head'",
    "'base'",
    "{'a1'}",
    "(None,)",
    "''",
    "b'a1'",
]
LABELS = [
    "None",
    "None",
    "None",
    "'alpha'",
    "('alpha','beta')",
    "'a1'",
    "5",
    "['x',None]",
    "''",
    "'base'",
]
ERROR = "class Odd(Exception):\n    def __str__(self): raise ValueError\n"
UPGRADES = [
    "def upgrade():",
    "def upgrade():",
    "def upgrade(engine_name):",
    "async def upgrade():",
    "upgrade = 5\ndef nothing():",
    "class upgrade:\n  def __init__(self):",
    "def nothing():",
]
BODIES = [
    "pass",
    "op.execute('CREATE TABLE t (a int)')",
    "op.execute(None)",
    "op.execute('')",
    "op.execute(5)",
    "op.execute('DROP TABLE ' + chr(0))",
    "op.execute('SELECT ' + chr(0xd800))",
    "op.execute(sa.text('SELECT :a'))",
    "op.execute(sa.select(sa.literal({})))",
    "op.create_table('t', sa.Column('a'))",
    "op.create_table('t', sa.Column('a', sa.Enum('x')))",
    "op.create_index(None, 't', [sa.text('lower(a)')])",
    "op.drop_column('t', None)",
    "op.add_column('t', None)",
    "op.bulk_insert(sa.table('t', sa.column('a')), [{'a': object()}])",
    "op.batch_alter_table('t').__enter__()",
    "op.get_context().autocommit_block().__enter__()",
    "sa.inspect(op.get_bind())",
    "[row for row in op.get_bind().execute(sa.text('SELECT 1'))][0]",
    "op.get_bind().begin().__enter__()",
    "raise SystemExit(3)",
    "raise BaseException('odd')",
    "raise KeyError",
    "raise Odd",
    "yield 1",
    "return 5",
    "del globals()['op']",
    "import sys; sys.stdout.write('x'); sys.stdout = None",
    "import logging; logging.disable(100)",
    "import os; os.environ.clear()",
    "exec('raise RuntimeError(1)')",
    "upgrade()",
]
ENVS = [
    ENV,
    ENV,
    ENV,
    "",
    "def",
    "\0",
    "raise SystemExit",
    "raise BaseException('odd')",
    f"{ERROR}raise Odd",
    "from alembic import context\ncontext.configure(dialect_name='sqlite')\n"
    "context.run_migrations()",
    "from alembic import context\ncontext.configure()",
    "from alembic import context\ncontext.run_migrations()",
    "from alembic import context\ncontext.configure(dialect_name=5)",
    "from alembic import op\nop.execute('x')",
    "from alembic import context\ncontext.configure(dialect_name='postgresql')\n"
    "context.run_migrations()\ncontext.run_migrations(engine_name=1)",
    "from alembic import context\ncontext.configure(url='postgresql://h/d')\ncontext.run_migrations",
    "import os\nfrom alembic import context\ncontext.configure(dialect_name='postgresql', "
    "version_table=None, version_table_schema=5)\ncontext.run_migrations(**{'a b': 1})",
]
INIS = [
    "script_location = %(here)s",
    "script_location = %(here)s",
    "script_location = %(here)s",
    "script_location = nowhere",
    "script_location = %(nope)s",
    "script_location =",
    "script_location = package:nowhere",
    "script_location = %(here)s\nversion_locations = nowhere",
    "script_location = %(here)s\nversion_locations = %(here)s/versions:%(here)s/versions",
    "script_location = %(here)s\nrecursive_version_locations = true",
    "script_location = %(here)s\nsourceless = true",
    "script_location = %(here)s\npath_separator = odd\nversion_locations = a",
    "script_location = %(here)s\nsqlalchemy.url = nonsense",
    "script_location = %(here)s\nsqlalchemy.url = postgresql://u:s3cr3t@127.0.0.1:1/x",
    "script_location = %(here)s\nsqlalchemy.url = sqlite://",
    "script_location = %(here)s\nsqlalchemy.url = %(odd)s",
]
RANGES = [
    ":",
    "a1",
    "a1:",
    ":a2",
    "a1:a2",
    "heads",
    "head",
    "alpha",
    "alpha@head",
    "@",
    "a1:b1",
    "base",
    "nope",
]
COMMANDS = [
    *(
        ["lint", each, "--format", form]
        for each, form in zip(RANGES, itertools.cycle(["json", "text"]))
    ),
    ["lint"],
    ["lint", "--database-url", "postgresql://nobody@127.0.0.1:1/nowhere"],
    ["history"],
    ["status"],
    ["upgrade"],
    ["downgrade", "base"],
    ["fix", "{file}"],
    ["lint", "{file}", "--format", "sarif"],
]
revision = st.tuples(*map(st.sampled_from, (IDS, PARENTS, PARENTS, LABELS, UPGRADES, BODIES)))
plain = st.tuples(
    *map(st.just, ("'a1'", "None", "None", "None", "def upgrade():")), st.sampled_from(BODIES)
)
projects = st.tuples(
    st.sampled_from(INIS),
    st.sampled_from(ENVS),
    st.lists(st.one_of(revision, plain), max_size=4),
    st.sampled_from(COMMANDS),
)


def tried(project: tuple) -> None:
    ini, env, revisions, command = project
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "versions").mkdir()
        (folder / "alembic.ini").write_text(f"[alembic]\n{ini}\n")
        (folder / "env.py").write_text(env)
        file = folder / "versions" / "none.py"
        for number, (key, parent, depends, label, upgrade, body) in enumerate(revisions):
            file = folder / "versions" / f"r{number}.py"
            file.write_text(
                f"import sqlalchemy as sa\nfrom alembic import op\n{ERROR}revision = {key}\n"
                f"down_revision = {parent}\ndepends_on = {depends}\nbranch_labels = {label}\n"
                f"{upgrade}\n    {body}\n"
            )
        arguments = [argument.format(file=file) for argument in command]
        done = CliRunner().invoke(
            app, ["-c", str(folder / "alembic.ini"), *arguments], env={"DATABASE_URL": None}
        )
    assert isinstance(done.exception, SystemExit | None), (arguments, done.exc_info)
    assert done.exit_code in (0, 1, 2), (arguments, done.output)
    assert "Traceback" not in done.output
    assert "s3cr3t" not in done.output


short = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


NO_CONNECTION = (
    "from alembic import context\ncontext.configure(dialect_name='sqlite')\n"
    "context.run_migrations()"
)


@short
@given(projects)
@example(("script_location = %(here)s", NO_CONNECTION, [], ["status"]))
def test_no_project_brings_a_command_down(project: tuple) -> None:
    tried(project)


@pytest.mark.sweep
@settings(short, max_examples=5_000)
@given(projects)
def test_nor_one_of_many_more(project: tuple) -> None:
    tried(project)
