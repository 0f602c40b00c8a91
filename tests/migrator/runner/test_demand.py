"""How the runner reads statements, and how it finds its way through a history."""

from pathlib import Path

import pytest

from migrator.project.history import HistoryError
from migrator.project.history_files import read_linear_history
from migrator.runner.demand import demand_of
from migrator.runner.plan import plan
from migrator.snapshot import Catalog, Constraint, Index, Table
from tests.migrator.runner.alembic_project import AlembicProject

CATALOG = Catalog(
    tables={
        "parent": Table(name="parent"),
        "child": Table(
            name="child",
            indexes={"child_parent": Index(name="child_parent")},
            constraints={
                "child_fk": Constraint(name="child_fk", kind="foreign key", references="parent")
            },
        ),
        "app.orders": Table(name="app.orders"),
        "parted": Table(
            name="parted", kind="partitioned", indexes={"parted_id": Index(name="parted_id")}
        ),
    }
)


def locks(statement: str) -> dict[str, str]:
    demand = demand_of(statement, CATALOG, 150000)
    return {lock.relation: lock.mode for lock in demand.locks}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ALTER TABLE parent ADD a int", {"parent": "ACCESS EXCLUSIVE"}),
        ('ALTER TABLE "public"."parent" ADD a int', {"parent": "ACCESS EXCLUSIVE"}),
        ("ALTER TABLE app.orders ADD a int", {"app.orders": "ACCESS EXCLUSIVE"}),
        ("CREATE INDEX i ON parent (id)", {"parent": "SHARE"}),
        ("DROP INDEX child_parent", {"child": "ACCESS EXCLUSIVE"}),
        (
            "ALTER TABLE child DROP CONSTRAINT child_fk",
            {"child": "ACCESS EXCLUSIVE", "parent": "ACCESS EXCLUSIVE"},
        ),
        ("DROP TABLE child", {"child": "ACCESS EXCLUSIVE", "parent": "ACCESS EXCLUSIVE"}),
        (
            "ALTER TABLE app.orders ADD FOREIGN KEY (p) REFERENCES parent NOT VALID",
            {"app.orders": "SHARE ROW EXCLUSIVE", "parent": "SHARE ROW EXCLUSIVE"},
        ),
        ("CREATE TABLE n (p int REFERENCES parent)", {"parent": "SHARE ROW EXCLUSIVE"}),
        ("ALTER TABLE made_just_now ADD a int", {}),
        ("UPDATE parent SET id = 1", {}),
        # As SQLAlchemy hands it to psycopg.
        ("INSERT INTO parent (a) VALUES (%(a)s::VARCHAR)", {}),
        ("ALTER TABLE parent ADD CHECK (a LIKE '100%%')", {"parent": "ACCESS EXCLUSIVE"}),
    ],
)
def test_locks_that_keep_others_out(statement: str, expected: dict[str, str]) -> None:
    assert locks(statement) == expected


@pytest.mark.parametrize(
    ("statement", "patience", "transactional", "changes"),
    [
        ("ALTER TABLE parent ADD a int", "strong", True, True),
        ("CREATE INDEX CONCURRENTLY i ON parent (id)", "online", False, True),
        ("DROP INDEX CONCURRENTLY child_parent", "online", False, True),
        ("REINDEX INDEX CONCURRENTLY child_parent", "online", False, True),
        ("ALTER TABLE parent VALIDATE CONSTRAINT c", "online", True, True),
        ("VACUUM parent", "online", False, True),
        ("ANALYZE parent", "online", True, True),
        ("REINDEX TABLE parent", "strong", True, True),
        ("REINDEX TABLE parted", "strong", False, True),
        ("REINDEX INDEX parted_id", "strong", False, True),
        ("CLUSTER parted", "strong", False, True),
        ("REINDEX SCHEMA public", "plain", False, True),
        ("REINDEX DATABASE app", "plain", False, True),
        ("REINDEX SYSTEM app", "plain", False, True),
        ("ALTER TYPE mood ADD VALUE 'soso'", "plain", True, True),
        ("INSERT INTO parent (a) VALUES (%(a)s)", "plain", True, True),
        ("DO $$ BEGIN COMMIT; END $$", "plain", False, True),
        ("SELECT 1", "plain", True, False),
        ("SET lock_timeout = '1s'", "plain", True, False),
        ("this is not SQL", "plain", False, True),
    ],
)
def test_how_a_statement_is_run(
    statement: str, patience: str, transactional: bool, changes: bool
) -> None:
    demand = demand_of(statement, CATALOG, 180000)
    assert (demand.patience, demand.transactional, demand.changes) == (
        patience,
        transactional,
        changes,
    )


def test_a_target_can_be_named_in_the_usual_ways(project: AlembicProject) -> None:
    for revision in ("aaaa11", "bbbb22", "bbbb33"):
        project.add(revision)
    history = read_linear_history(project.config)
    assert history.resolve("head") == "bbbb33"
    assert history.resolve("base") is None
    assert history.resolve("aaaa") == "aaaa11"
    assert history.resolve("+2", current="aaaa11") == "bbbb33"
    assert history.resolve("-1", current="bbbb33") == "bbbb22"
    assert history.resolve("-1", current="aaaa11") is None
    with pytest.raises(HistoryError, match="'bbbb' is the start of bbbb22, bbbb33"):
        history.resolve("bbbb")
    with pytest.raises(HistoryError, match=r"'\+1' from bbbb33 leaves the history"):
        history.resolve("+1", current="bbbb33")
    with pytest.raises(HistoryError, match="lies behind bbbb33"):
        plan(history, current="bbbb33", target="aaaa11")


def test_a_history_with_a_fault_tells_all_of_them(project: AlembicProject, tmp_path: Path) -> None:
    project.add("aaaa11", phase="shrink")
    project.add("bbbb22", backfill="fill")
    project.replace("bbbb22", "down_revision = 'aaaa11'", "down_revision = 'gone'")
    with pytest.raises(HistoryError) as failure:
        read_linear_history(project.config)
    assert len(failure.value.faults) == 3
    with pytest.raises(HistoryError, match=r"there is no .*nowhere\.ini"):
        read_linear_history(tmp_path / "nowhere.ini")


def test_a_merge_is_told_once_with_the_way_out(project: AlembicProject) -> None:
    for revision in ("aaaa11", "bbbb22", "cccc33", "dddd44", "eeee55"):
        project.add(revision)
    project.replace("cccc33", "down_revision = 'bbbb22'", "down_revision = 'aaaa11'")
    merging = "down_revision = ('bbbb22', 'cccc33')"
    project.replace("dddd44", "down_revision = 'cccc33'", merging)
    with pytest.raises(HistoryError) as failure:
        read_linear_history(project.config)
    merge, branch = (fault.message for fault in failure.value.faults)
    assert "a merge of bbbb22, cccc33; the history must be linear" in merge
    assert branch.startswith("2 revisions follow aaaa11: bbbb22, cccc33; ")
    project.replace("cccc33", "down_revision = 'aaaa11'", "down_revision = 'bbbb22'")
    project.replace("dddd44", merging, "down_revision = 'cccc33'")
    assert read_linear_history(project.config).head == "eeee55"
