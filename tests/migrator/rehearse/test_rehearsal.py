"""One history with every kind of fault, and the example application's without any."""

import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from migrator.cli import app
from migrator.project.settings import MigratorSettings
from migrator.rehearse import Rehearsal, RevisionReport, rehearse
from migrator.rehearse.cells import HEADINGS, cells
from migrator.rehearse.formats import as_html, as_json, as_markdown
from migrator.scratch import PostgresBinaries, PostgresServer
from tests.migrator.runner.alembic_project import ENV, AlembicProject, make_project
from tests.migrator.versions import installed_binaries, version_name

EXAMPLE = MigratorSettings(config=Path(__file__).parents[3] / "migrations" / "alembic.ini")
ITEM = "CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, size int)"


def declare(project: AlembicProject, revision: str, line: str) -> None:
    (file,) = (project.directory / "versions").glob(f"*_{revision}.py")
    file.write_text(file.read_text() + f"\n\n{line}\n")


def write_faulty_history(project: AlembicProject) -> None:
    project.add("create", ITEM, down=("DROP TABLE item",))
    declare(project, "create", 'downgrade_loses = "item"')
    project.add("forgets", "CREATE INDEX IF NOT EXISTS item_name ON item (name)")
    project.add("loses", "ALTER TABLE item ADD note text", down=("ALTER TABLE item DROP note",))
    project.add("damages", "UPDATE item SET size = size + 1")
    project.add("corrects", "UPDATE item SET size = size + 1")
    declare(project, "corrects", 'upgrade_changes = ("item.size",)')
    project.add("widens", "ALTER TABLE item ALTER size TYPE bigint",
                down=("ALTER TABLE item ALTER size TYPE int",))  # fmt: skip
    project.add("drops", "ALTER TABLE item DROP name",
                down=("ALTER TABLE item ADD name text", "CREATE INDEX item_name ON item (name)"),
                phase="contract")  # fmt: skip
    project.add("drops2", "ALTER TABLE item DROP size", down=("ALTER TABLE item ADD size bigint",),
                phase="contract")  # fmt: skip
    declare(project, "drops2", 'downgrade_loses = "item.size"')
    project.add("stuck", "SELECT 1", down=(">>> raise NotImplementedError('no way back')",))
    project.add("never", "SELECT 1")
    probes = project.directory / "probes" / "old"
    probes.mkdir(parents=True)
    (probes / "read.sql").write_text(
        "-- from: create\n-- until: head\nSELECT id FROM item;\n"
        "INSERT INTO item (name) VALUES ('100%; it''s a probe');\n"
    )


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    project = make_project(tmp_path_factory.mktemp("faulty") / "project")
    write_faulty_history(project)
    return rehearse(MigratorSettings(config=project.config), rows=20)


def report_of(rehearsal: Rehearsal, revision: str) -> RevisionReport:
    (found,) = [report for report in rehearsal.revisions if report.revision == revision]
    return found


def faults_of(rehearsal: Rehearsal, revision: str) -> list[tuple[str, str, str]]:
    failures = report_of(rehearsal, revision).failures()
    return [(check.step, check.subject, check.detail) for check in failures]


@pytest.mark.parametrize("binaries", installed_binaries(), ids=version_name)
def test_the_example_application_can_go_back_at_any_point(binaries: PostgresBinaries) -> None:
    rehearsal = rehearse(EXAMPLE, rows=50, binaries=binaries)
    assert [report.failures() for report in rehearsal.revisions] == [[]] * 5
    assert all(report.of("probe") for report in rehearsal.revisions)
    assert rehearsal.notes == ()


@pytest.mark.parametrize("revision", ["create", "corrects", "widens", "drops2"])
def test_sound_revisions_pass(faulty: Rehearsal, revision: str) -> None:
    checked = {check.subject for check in report_of(faulty, revision).checks}
    assert checked >= {"run", "schema", "data"}
    assert [fault for fault in faults_of(faulty, revision) if fault[1] != "probe"] == []


def test_a_downgrade_that_leaves_something_behind(faulty: Rehearsal) -> None:
    ((step, subject, detail),) = faults_of(faulty, "forgets")
    assert (step, subject) == ("down", "schema")
    assert detail.startswith("+CREATE INDEX item_name ON public.item")


def test_a_downgrade_that_loses_data_without_saying_so(faulty: Rehearsal) -> None:
    assert faults_of(faulty, "loses") == [
        (
            "down",
            "data",
            'item.note: the column is gone; keep it, or say downgrade_loses = "item.note" in the '
            "revision",
        )
    ]


def test_an_upgrade_that_changes_values_without_saying_so(faulty: Rehearsal) -> None:
    first, second = faults_of(faulty, "damages")
    # One in five of the 24 values is NULL, and NULL + 1 is NULL.
    assert first[:2] == ("up", "data")
    assert "item.size: " in first[2]
    assert 'upgrade_changes = "item.size"' in first[2]
    assert second[:2] == ("down", "data")


def test_a_column_that_comes_back_empty(faulty: Rehearsal) -> None:
    faults = faults_of(faulty, "drops")
    data = [fault for fault in faults if fault[1] == "data"]
    assert [fault[0] for fault in data] == ["up", "down"]
    assert data[0][2].startswith("item.name: the column is gone")
    assert "values are different" in data[1][2]


def test_a_release_that_meets_a_revision_it_cannot_live_with(faulty: Rehearsal) -> None:
    probes = [fault for fault in faults_of(faulty, "drops") if fault[1] == "probe"]
    assert [fault[0] for fault in probes] == ["up", "up again"]
    assert probes[0][2].startswith('old/read.sql: column "name" of relation "item" does not exist')
    assert "in: INSERT INTO item (name)" in probes[0][2]


def test_a_missing_way_back_ends_the_rehearsal(faulty: Rehearsal) -> None:
    ((step, subject, detail),) = [
        fault for fault in faults_of(faulty, "stuck") if fault[1] != "probe"
    ]
    assert (step, subject) == ("down", "run")
    assert "no way back" in detail
    assert faulty.revisions[-1].revision == "stuck"
    assert not faulty.ok


def test_formats_say_the_same(faulty: Rehearsal) -> None:
    content = json.loads(as_json(faulty))
    assert content["ok"] is False
    assert [each["ok"] for each in content["revisions"]] == [each.ok for each in faulty.revisions]
    for text in (as_markdown(faulty), as_html(faulty)):
        for report in faulty.revisions:
            assert report.revision in text
        assert "+CREATE INDEX item_name" in text
    assert "<td>item.size</td>" in as_html(faulty)


def test_command_ends_with_1_where_something_failed(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    project.add("create", ITEM, down=("DROP TABLE item",))
    report = tmp_path / "report.md"
    arguments = ["-c", str(project.config), "rehearse", "--format", "markdown", "-o", str(report)]
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 1
    assert "| create | step create |" in report.read_text()
    assert 'downgrade_loses = "item"' in report.read_text()
    declare(project, "create", 'downgrade_loses = "item"')
    answer = CliRunner().invoke(app, ["-c", str(project.config), "rehearse", "create"])
    assert answer.exit_code == 0, answer.output
    assert "ok" in answer.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1", "begin with two comments"),
        ("-- from: head\n-- until: base\nSELECT 1", "from head comes after until base"),
        ("-- from: base\n-- until: nowhere\nSELECT 1", "'nowhere' is not a revision"),
        ("-- from: base\n-- until: head\nSELEC 1", "syntax error"),
    ],
)
def test_a_faulty_probe_is_named(tmp_path: Path, text: str, message: str) -> None:
    project = make_project(tmp_path / "project")
    project.add("create", ITEM)
    (project.directory / "probes" / "old").mkdir(parents=True)
    (project.directory / "probes" / "old" / "read.sql").write_text(text)
    answer = CliRunner().invoke(app, ["-c", str(project.config), "rehearse"])
    assert answer.exit_code == 2
    assert message in answer.output


@pytest.mark.parametrize(
    "options",
    [
        "version_table='schema_version'",
        "version_table='schema_version', version_table_schema='public'",
        "version_table='Schema.Version \"of\" all*'",
    ],
)
def test_a_version_table_of_another_name_is_no_table_of_the_application(
    options: str, tmp_path: Path
) -> None:
    own = ENV.replace("target_metadata=None", options)
    project = make_project(tmp_path / "project", env=own)
    project.add("create", ITEM, down=("DROP TABLE item",))
    declare(project, "create", 'downgrade_loses = "item"')
    rehearsal = rehearse(MigratorSettings(config=project.config), rows=5)
    assert [report.failures() for report in rehearsal.revisions] == [[]]


def test_the_scratch_server_needs_no_secret(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    project.add("create", ITEM, down=("DROP TABLE item",))
    declare(project, "create", 'downgrade_loses = "item"')
    arguments = ["-c", str(project.config), "rehearse"]
    answer = CliRunner().invoke(app, arguments, env={"DATABASE_SECRET_ARN": "arn:of:no:secret"})
    assert answer.exit_code == 0, answer.output


def test_an_env_py_that_connects_elsewhere_is_led_to_the_scratch_server(
    tmp_path: Path, server: PostgresServer
) -> None:
    own = ENV.replace(
        "engine = engine_from_config(",
        f"config.set_main_option('sqlalchemy.url', '{server.url(driver='postgresql+psycopg')}')\n"
        "engine = engine_from_config(",
    )
    project = make_project(tmp_path / "project", env=own)
    project.add("create", ITEM, down=("DROP TABLE item",))
    declare(project, "create", 'downgrade_loses = "item"')
    rehearsal = rehearse(MigratorSettings(config=project.config), rows=5)
    assert [report.failures() for report in rehearsal.revisions] == [[]]
    with psycopg.connect(server.url()) as connection:
        row = connection.execute("SELECT to_regclass('item'), to_regclass('alembic_version')")
        assert row.fetchone() == (None, None)


NARROWINGS = {
    "narrow": ("numeric(12, 4)", "numeric(12, 2)", "amount"),
    "shorter": ("varchar(255)", "varchar(20) USING left(title, 20)", "title"),
    "whole": ("timestamptz", "timestamptz(0)", "seen"),
    "day": ("timestamp", "date", "day"),
    "simple": ("double precision", "real", "weight"),
    "capped": ("text", "varchar(255) USING left(note, 255)", "note"),
    "mean": ("numeric(12, 4)[]", "numeric(12, 2)[]", "means"),
}


def write_narrowings(project: AlembicProject) -> None:
    columns = ", ".join(f"{name} {old}" for old, _, name in NARROWINGS.values())
    project.add("create", f"CREATE TABLE item (id int PRIMARY KEY, {columns}, big bigint)",
                down=("DROP TABLE item",))  # fmt: skip
    declare(project, "create", 'downgrade_loses = "item"')
    for revision, (old, new, name) in NARROWINGS.items():
        project.add(revision, f"ALTER TABLE item ALTER {name} TYPE {new}",
                    down=(f"ALTER TABLE item ALTER {name} TYPE {old}",))  # fmt: skip
    project.add("said", "ALTER TABLE item ALTER amount TYPE numeric(12, 1)",
                down=("ALTER TABLE item ALTER amount TYPE numeric(12, 2)",))  # fmt: skip
    declare(project, "said", 'upgrade_changes = "item.amount"')
    project.add("finer", "ALTER TABLE item ALTER amount TYPE numeric(17, 6)",
                down=("ALTER TABLE item ALTER amount TYPE numeric(12, 1)",))  # fmt: skip
    project.add("smaller", "ALTER TABLE item ALTER big TYPE int")


def test_types_that_hold_less_are_found(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    write_narrowings(project)
    rehearsal = rehearse(MigratorSettings(config=project.config), rows=20)
    assert rehearsal.notes == ()
    for revision, (_, _, name) in NARROWINGS.items():
        faults = faults_of(rehearsal, revision)
        assert [fault[:2] for fault in faults] == [("up", "data"), ("down", "data")], revision
        assert faults[0][2].startswith(f"item.{name}: ")
    assert faults_of(rehearsal, "said") == faults_of(rehearsal, "finer") == []
    ((step, subject, detail),) = faults_of(rehearsal, "smaller")
    assert (step, subject) == ("up", "run")
    assert "out of range" in detail


def test_data_loss_is_seen_through_checks_and_empty_tables_are_not_tried(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    project.add(
        "create",
        "CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL CHECK (name <> ''))",
        "CREATE TABLE plates (id int PRIMARY KEY, plate text NOT NULL CHECK (plate ~ '^K-[0-9]$'))",
        down=("DROP TABLE plates", "DROP TABLE customers"),
    )
    declare(project, "create", 'downgrade_loses = ("customers", "plates")')
    project.add("renames", "UPDATE customers SET name = 'gone'")
    project.add("repaints", "UPDATE plates SET plate = 'K-1'")
    project.add("rests", "SELECT 1")
    rehearsal = rehearse(MigratorSettings(config=project.config), rows=20)
    assert [fault[:2] for fault in faults_of(rehearsal, "renames")] == [
        ("up", "data"),
        ("down", "data"),
    ]
    data = {each.revision: cells(each)[HEADINGS.index("data")] for each in rehearsal.revisions}
    assert data["create"] == data["repaints"] == "not tried: plates"
    assert data["rests"] == "kept"


def test_a_sequence_that_begins_again_is_found(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    project.add("create", "CREATE TABLE item (id serial PRIMARY KEY, a text, b text, c int, d int)",
                down=("DROP TABLE item",))  # fmt: skip
    declare(project, "create", 'downgrade_loses = "item"')
    identity = (
        "ALTER TABLE item ALTER id DROP DEFAULT",
        "DROP SEQUENCE item_id_seq",
        "ALTER TABLE item ALTER id ADD GENERATED BY DEFAULT AS IDENTITY",
    )
    serial = (
        "ALTER TABLE item ALTER id DROP IDENTITY",
        "CREATE SEQUENCE item_id_seq AS integer OWNED BY item.id",
        "ALTER TABLE item ALTER id SET DEFAULT nextval('item_id_seq')",
    )
    caught_up = "SELECT setval('item_id_seq', (SELECT max(id) FROM item))"
    project.add("forgets", *identity, down=(*serial, caught_up))
    project.add("careful", caught_up, down=("SELECT 1",))
    rehearsal = rehearse(MigratorSettings(config=project.config), rows=3)
    (fault,) = faults_of(rehearsal, "forgets")
    assert fault[:2] == ("up", "data")
    assert fault[2].startswith("item: it takes no new row: duplicate key value violates unique")
    assert faults_of(rehearsal, "careful") == []
    assert rehearsal.notes == ()


GUARD = """CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF {row}.org_id IS NULL THEN RAISE NOTICE ''none''; END IF; RETURN {row}; END'"""
TRIGGER = "CREATE TRIGGER {name} BEFORE {event} ON lnk FOR EACH ROW EXECUTE FUNCTION {name}()"
GUARDS = {"ins": ("INSERT", "new"), "upd": ("UPDATE OF note", "new"), "del": ("DELETE", "old")}


def test_a_trigger_that_names_a_renamed_column_is_found_by_writing(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    project.add(
        "create",
        "CREATE TABLE lnk (id int PRIMARY KEY, org_id int, note text)",
        "CREATE TABLE part (id int PRIMARY KEY, lnk_id int REFERENCES lnk)",
        *(GUARD.format(name=name, row=row) for name, (_, row) in GUARDS.items()),
        *(TRIGGER.format(name=name, event=event) for name, (event, _) in GUARDS.items()),
        down=("DROP TABLE part, lnk", *(f"DROP FUNCTION {name}()" for name in GUARDS)),
    )
    declare(project, "create", 'downgrade_loses = ("lnk", "part")')
    project.add(
        "renames",
        "ALTER TABLE lnk RENAME TO lnk_data",
        "ALTER TABLE lnk_data RENAME COLUMN org_id TO company_id",
        "CREATE VIEW lnk AS SELECT id, company_id AS org_id, note FROM lnk_data",
        down=(
            "DROP VIEW lnk",
            "ALTER TABLE lnk_data RENAME COLUMN company_id TO org_id",
            "ALTER TABLE lnk_data RENAME TO lnk",
        ),
    )
    declare(project, "renames", 'upgrade_changes = ("lnk", "part")')
    rehearsal = rehearse(MigratorSettings(config=project.config), rows=10)
    assert faults_of(rehearsal, "create") == []
    faults = [fault for fault in faults_of(rehearsal, "renames") if "no field" in fault[2]]
    assert {step for step, _, _ in faults} == {"up"}
    tables = [detail.partition(": ")[0] for _, _, detail in faults]
    assert sorted(tables) == ["lnk"] * 3 + ["lnk_data"] * 3


def test_a_downgrade_whose_sequence_begins_again_is_found(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    project.add("create", "CREATE TABLE item (id int GENERATED BY DEFAULT AS IDENTITY, a text)",
                "ALTER TABLE item ADD PRIMARY KEY (id)", down=("DROP TABLE item",))  # fmt: skip
    declare(project, "create", 'downgrade_loses = "item"')
    project.add("forgets", "SELECT 1", down=("ALTER SEQUENCE item_id_seq RESTART",))
    rehearsal = rehearse(MigratorSettings(config=project.config), rows=3)
    (fault,) = faults_of(rehearsal, "forgets")
    assert fault[:2] == ("down", "data")
    assert "it takes no new row" in fault[2]
