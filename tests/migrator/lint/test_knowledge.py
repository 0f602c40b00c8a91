"""What lint knows of tables from the scripts before, and where that ends."""

import pytest

from migrator.lint.finding import Finding
from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script
from migrator.snapshot import Catalog

PARTITIONED = "CREATE TABLE events (id bigint, happened date) PARTITION BY RANGE (happened);"


def findings(*scripts: str, catalog: Catalog | None = None) -> list[Finding]:
    """The findings for the last of some scripts that run one after the other."""
    verdicts = judge_scripts(
        [sql_script(text, f"{number}.sql") for number, text in enumerate(scripts)],
        catalog=catalog,
    )
    return list(verdicts[-1].findings)


def unsafe(*scripts: str, catalog: Catalog | None = None) -> set[str]:
    return {f.rule for f in findings(*scripts, catalog=catalog) if f.severity == "unsafe"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("ADD CHECK (id > 0)", "add-check"),
        ("ALTER COLUMN id SET NOT NULL", "set-not-null"),
        ("ADD PRIMARY KEY (id, happened)", "add-primary-key"),
        ("ADD FOREIGN KEY (id) REFERENCES users", "add-foreign-key"),
    ],
)
def test_a_partitioned_table_has_partitions_that_no_script_shows(change: str, rule: str) -> None:
    statement = f"ALTER TABLE events {change};"
    assert rule in unsafe(PARTITIONED, statement)
    assert rule not in unsafe(PARTITIONED + statement)


def test_index_on_only_a_partitioned_table_reads_nothing() -> None:
    statement = """
        BEGIN;
        ALTER TABLE events ADD COLUMN x int;
        CREATE INDEX i ON ONLY events (x);
        COMMIT;"""
    assert unsafe(PARTITIONED, statement) == set()


def test_a_table_made_if_it_does_not_exist_may_be_an_old_one() -> None:
    statements = """
        CREATE TABLE IF NOT EXISTS users (id bigint);
        ALTER TABLE users ADD COLUMN number bigserial;"""
    assert unsafe(statements, catalog=Catalog(complete=True)) == set()
    assert "add-column-serial" in unsafe(statements)
    assert "add-column-serial" in unsafe("CREATE TABLE users (id bigint);", statements)


@pytest.mark.parametrize(
    "before",
    [
        "CREATE SCHEMA users;",
        "CREATE FUNCTION users() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        "BEGIN; CREATE TABLE users (id bigint); ROLLBACK;",
    ],
)
def test_a_table_is_not_new_for_its_name(before: str) -> None:
    assert "add-column-serial" in unsafe(before + "ALTER TABLE users ADD COLUMN n bigserial;")


@pytest.mark.parametrize(
    "statements",
    [
        "CREATE TYPE mood AS ENUM ('sad'); ALTER TYPE mood RENAME VALUE 'sad' TO 'low';",
        "CREATE SCHEMA crm; DROP SCHEMA crm;",
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION one();",
        "CREATE SEQUENCE s; DROP SEQUENCE s;",
        "CREATE TYPE pair AS (a int); ALTER TYPE pair ADD ATTRIBUTE b int;",
    ],
)
def test_what_the_script_made_itself_is_in_no_use(statements: str) -> None:
    assert {f.severity for f in findings(statements)} <= {"info"}


def test_dropping_a_partition_stops_its_parent_in_every_phase() -> None:
    partition = "CREATE TABLE events_1 PARTITION OF events DEFAULT;"
    statement = "-- migrator: phase contract\nDROP TABLE events_1;"
    assert unsafe(PARTITIONED + partition, statement) == {"drop-table-locks-parents"}


@pytest.mark.parametrize(
    "value",
    [
        "txid_current()",
        "char_length('a')",
        "format('%s', 1)",
        "version()",
        "initcap('a')",
        "power(2, 3)",
    ],
)
def test_functions_of_postgresql_that_give_all_rows_one_value(value: str) -> None:
    statement = f"ALTER TABLE users ADD COLUMN x text DEFAULT {value};"
    assert unsafe(statement) == set()
    assert unsafe(statement, catalog=Catalog(complete=True)) == set()


def test_with_a_catalog_only_a_function_of_the_user_is_doubted() -> None:
    statement = "ALTER TABLE users ADD COLUMN x text DEFAULT {};"
    known = Catalog(complete=True, volatile_functions=["mine"])
    assert unsafe(statement.format("ascii('a')"), catalog=known) == set()
    assert unsafe(statement.format("mine()"), catalog=known) == {"add-column-volatile-default"}
    assert unsafe(statement.format("set_config('a.b', '', true)"), catalog=known)


@pytest.mark.parametrize(
    ("option", "rules"), [("", {"add-column-volatile-default"}), ("STABLE", set())]
)
def test_a_function_is_as_its_definition_says(option: str, rules: set[str]) -> None:
    made = f"CREATE FUNCTION mine() RETURNS text LANGUAGE sql {option} AS 'SELECT 1';"
    statement = "ALTER TABLE users ADD COLUMN x text DEFAULT mine();"
    assert unsafe(made, statement) == rules
    assert unsafe(made, statement, catalog=Catalog(complete=True)) == rules


@pytest.mark.parametrize(
    ("before", "is_free"),
    [
        ("SET timezone = 'UTC';", True),
        ("SET timezone = 'UTC'; RESET timezone;", False),
        ("BEGIN; SET LOCAL timezone = 'UTC'; COMMIT;", False),
        ("SET timezone = 'UTC'; RESET ALL;", False),
    ],
)
def test_a_time_zone_counts_only_as_long_as_it_is_set(before: str, is_free: bool) -> None:
    table = "CREATE TABLE visits (at timestamp);"
    change = "ALTER TABLE visits ALTER COLUMN at TYPE timestamptz;"
    expected = set() if is_free else {"alter-type-rewrite"}
    assert unsafe(table, before + change) == expected
    assert unsafe(table, before, change) == {"alter-type-rewrite"}


def test_a_column_added_if_it_does_not_exist_may_be_an_old_one() -> None:
    statements = """
        ALTER TABLE users ADD COLUMN IF NOT EXISTS age bigint;
        ALTER TABLE users ALTER COLUMN age TYPE bigint;"""
    assert unsafe("CREATE TABLE users (id bigint);", statements) == set()
    assert unsafe("CREATE TABLE users (age integer);", statements) == {"alter-type-rewrite"}
    assert unsafe(statements) == {"alter-type-rewrite"}


@pytest.mark.parametrize(
    ("key", "proves"), [("day", True), ("on_day", False), ("on_day, date_trunc('day', day)", True)]
)
def test_a_check_proves_a_bound_by_the_columns_of_the_partition_key(key: str, proves: bool) -> None:
    columns = "(day timestamp NOT NULL, on_day timestamp NOT NULL)"
    scripts = (
        f"CREATE TABLE parted {columns} PARTITION BY RANGE ({key});",
        "CREATE TABLE part (LIKE parted, CHECK (day >= '2027-01-01' AND day < '2028-01-01'));",
        "ALTER TABLE parted RENAME COLUMN day TO at;"
        "ALTER TABLE part RENAME COLUMN day TO at;"
        "ALTER TABLE parted ATTACH PARTITION part FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
    )
    rules = {finding.rule for finding in findings(*scripts)}
    assert ("attach-partition-scan" not in rules) == proves
