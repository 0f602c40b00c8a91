"""A relation is the one that the search_path finds, in every schema and under any name."""

import pytest

from migrator.lint.request import Request
from migrator.lint.run import run_request
from migrator.runner.policy import WaitPolicy
from migrator.snapshot.reader import read
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject
from tests.migrator.runner.test_locks import NEVER, Upgrade, reader


@pytest.fixture
def app(database: Database) -> Database:
    """A database whose sessions look into the schema `app`, then `public`."""
    database.execute(
        f"ALTER DATABASE {database.name} SET search_path = app, public; CREATE SCHEMA app;"
        "CREATE TABLE app.t (a int); CREATE TABLE public.u (a int);"
        "CREATE TABLE app.pair (a int); CREATE TABLE public.pair (a int)"
    )
    return database


@pytest.mark.parametrize(
    ("held", "written"),
    [
        ("app.t", "t"),
        ("app.t", "app.t"),
        ("public.u", "u"),
        ("public.u", "public.u"),
        ("app.pair", "pair"),
        ("public.pair", "public.pair"),
    ],
)
def test_its_lock_is_waited_for_beside_others(
    app: Database, project: AlembicProject, held: str, written: str
) -> None:
    project.add("aa11", f"ALTER TABLE {written} ADD COLUMN b int")
    with reader(app, held):
        running = Upgrade(project, app, WaitPolicy(queued_every=NEVER))
        running.start()
        assert running.waiting.wait(60)
        bare = written if held == "public.pair" else held.partition(".")[2]
        assert running.said[-1].startswith(f"waiting for {bare} ")
        with app.connect() as other:
            other.execute("SET lock_timeout = '50ms'")
            other.execute(f"SELECT * FROM {held}".encode())
    assert running.finish().applied == ("aa11",)


def test_another_of_that_name_is_not_waited_for(app: Database, project: AlembicProject) -> None:
    project.add("aa11", "ALTER TABLE pair ADD COLUMN b int")
    with reader(app, "public.pair"):
        running = Upgrade(project, app, WaitPolicy(queued_every=NEVER, lock_deadline=5))
        running.start()
        assert running.finish().applied == ("aa11",)


@pytest.mark.parametrize("written", ["app.wide", "wide"])
def test_the_linter_knows_it(app: Database, project: AlembicProject, written: str) -> None:
    app.execute("CREATE TABLE app.wide (a int); CREATE VIEW app.v AS SELECT a FROM app.wide")
    project.add("aa11", f"ALTER TABLE {written} DROP COLUMN a")
    request = Request(config=project.config, targets=("aa11",), catalog=read(app.url))
    (verdict,) = run_request(request).verdicts
    assert "drop-column-refused" in {finding.rule for finding in verdict.findings}


def test_names_with_dots_and_quotes_are_names(app: Database, project: AlembicProject) -> None:
    app.execute('CREATE SCHEMA "My.App"; CREATE TABLE "My.App"."a.b" (a int)')
    project.add(
        "aa11",
        'ALTER TABLE "My.App"."a.b" ADD COLUMN b int',
        '>>> outside(\'CREATE INDEX CONCURRENTLY i ON "My.App"."a.b" (a)\')',
    )
    with reader(app, '"My.App"."a.b"'):
        running = Upgrade(project, app, WaitPolicy(queued_every=NEVER))
        running.start()
        assert running.waiting.wait(60)
    assert running.finish().applied == ("aa11",)
