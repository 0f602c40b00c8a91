"""The catalog snapshot: what is read, saved and loaded, and what it is for."""

from pathlib import Path

import psycopg
import pytest

from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script
from migrator.snapshot import Catalog, Domain
from migrator.snapshot.file import SnapshotError, load, save
from migrator.snapshot.reader import read
from tests.migrator.trace.conftest import NewDatabase

MORE = """
CREATE SCHEMA crm;
CREATE DOMAIN crm.positive AS integer CHECK (value > 0);
CREATE DOMAIN token AS uuid DEFAULT gen_random_uuid();
CREATE DOMAIN short AS varchar(9);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE crm."Odd Table" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "Odd Column" crm.positive,
    user_id bigint REFERENCES users (id),
    feeling mood,
    CONSTRAINT "Odd Column set" CHECK ("Odd Column" IS NOT NULL)
);
CREATE TABLE checked (
    a int, b int, "C" text, d text, e int,
    CONSTRAINT pair CHECK (a IS NOT NULL AND b IS NOT NULL),
    CONSTRAINT more CHECK ("C" <>') AND (d IS NOT NULL' AND ("C" IS NOT NULL AND e > 0))
        NO INHERIT,
    CONSTRAINT either CHECK (d IS NOT NULL OR e IS NOT NULL)
);
CREATE TABLE parted (id int GENERATED ALWAYS AS IDENTITY, "Place" text, at timestamp, day date)
    PARTITION BY RANGE ("Place", extract(year FROM at));
CREATE VIEW named AS SELECT id, name FROM users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
"""


@pytest.fixture
def catalog(new_database: NewDatabase) -> Catalog:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(MORE)
    return read(url)


def test_what_a_snapshot_holds(catalog: Catalog) -> None:
    users = catalog.tables["users"]
    assert users.columns["name"].type == "character varying(50)"
    assert users.columns["email"].null_fraction == 0.0
    assert users.rows == 300
    assert users.triggers["touch"].function == "touch"
    assert users.indexes["users_email_idx"].columns == ("email",)
    assert [(t.name, k.name) for t, k in catalog.referencing("users")] == [
        ("crm.Odd Table", "Odd Table_user_id_fkey"),
        ("orders", "orders_user_id_fkey"),
    ]
    assert catalog.tables["parted"].partition_key == ("Place", "at")
    assert users.partition_key == ()
    odd = catalog.tables["crm.Odd Table"]
    assert odd.columns["id"].identity
    assert odd.proves_not_null("Odd Column")
    assert not odd.proves_not_null("user_id")
    assert catalog.domains == {
        "crm.positive": Domain(base="integer", constrained=True),
        "token": Domain(base="uuid", has_default=True, default_functions=("gen_random_uuid",)),
        "short": Domain(base="character varying(9)"),
    }
    assert catalog.enums == ["mood"]
    assert catalog.tables["events"].kind == "partitioned"
    assert sorted(t.name for t in catalog.children("events")) == ["events_2025", "events_2026"]
    assert catalog.views_reading("users", "name") == ["named"]
    assert catalog.views_reading("users", "age") == []


def test_a_check_may_rule_out_null_in_several_columns(catalog: Catalog) -> None:
    checked = catalog.tables["checked"]
    proven = [name for name in checked.columns if checked.proves_not_null(name)]
    assert proven == ["a", "b", "C"]


def test_a_file_of_an_earlier_version_keeps_what_it_knows(tmp_path: Path) -> None:
    file = tmp_path / "catalog.json"
    file.write_text(
        '{"tables": {"t": {"name": "t", "columns": {"a": {"name": "a", "type": "text"}},'
        ' "constraints": {"c": {"name": "c", "kind": "check", "requires_not_null": "a"}}}}}'
    )
    assert load(file).tables["t"].proves_not_null("a")


def test_a_file_is_as_good_as_the_database(catalog: Catalog, tmp_path: Path) -> None:
    file = tmp_path / "catalog.json"
    save(catalog, file)
    assert load(file) == catalog


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a catalog snapshot"),
        ("[1]", "not a catalog snapshot"),
        ('{"tables": {"t": {"name": 7}}}', "tables.t.name"),
        # As earlier versions wrote it.
        ('{"domains": {"positive": true}}', "domains.positive: .*; write one anew with"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "catalog.json"
    file.write_text(text)
    with pytest.raises(SnapshotError, match=message):
        load(file)
    with pytest.raises(SnapshotError, match="missing"):
        load(tmp_path / "missing.json")


def test_findings_tell_how_big_the_table_is(catalog: Catalog) -> None:
    script = sql_script("CREATE INDEX i ON users (age);", "x.sql")
    (verdict,) = judge_scripts([script], catalog=catalog)
    (finding,) = [f for f in verdict.findings if f.severity == "unsafe"]
    assert "users has about 300 rows" in finding.message
    assert not [f for f in verdict.findings if "catalog would tell" in f.message]
