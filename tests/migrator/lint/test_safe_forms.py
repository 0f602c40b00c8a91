"""Safe forms are SQL that PostgreSQL parses, whatever the names are."""

import re

import pytest
from pglast import parse_sql

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules import RULES
from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script

TABLES = ("people", "user", "Order", "app.users", "app.Order", "order.user")
# Safe forms that are Python or advice.
NOT_SQL = re.compile(r"with op|op\.|def |use |choose|write|remove|describe|# ")
# What a safe form leaves to its reader.
LEFT_OPEN = {
    "FOR VALUES …": "DEFAULT",
    "BETWEEN … AND …": "BETWEEN 1 AND 2",
    "<foreign key>": "f",
    "<base type>": "integer",
    "<first columns>": "a",
}


def parse(safe_form: str) -> None:
    """Raises pglast's error where PostgreSQL would find a syntax error."""
    if NOT_SQL.match(safe_form) or "# migrator:" in safe_form:
        return
    for open_part, example in LEFT_OPEN.items():
        safe_form = safe_form.replace(open_part, example)
    parse_sql(re.sub(r"<\w+>", "x", safe_form))


def names(table: str) -> dict[str, str]:
    """Every placeholder, with an awkward value where it is a name."""
    relations = (
        "table",
        "parent",
        "partition",
        "rest",
        "view",
        "index",
        "name",
        "domain",
        "enum",
        "sequence",
    )
    return {
        **dict.fromkeys((*relations, "target", "new", "old"), table),
        "column": "order",
        "constraint": "a b",
        "new_name": "User",
        "type": "app.Mood[]",
        "columns": '"order"',
        "key": '("order")',
        "definition": '("order")',
        "kind": "UNIQUE",
        "unique": "UNIQUE ",
        "scope": "TABLE",
        "deferral": " DEFERRABLE",
        "collation": ' COLLATE "C"',
        "kept": " DEFAULT 1 NOT NULL",
        "default": "1",
        "value": "it''s",
        "command": "SELECT 1",
    }


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rules_safe_form_parses(rule: Rule, table: str) -> None:
    filled = names(table)
    if rule.id in ("drop-object", "drop-cascade-locks-tables"):
        filled["kind"] = "VIEW"
    if "{definition} NOT VALID" in rule.safe_form or "ALL, {definition}" in rule.safe_form:
        filled["definition"] = 'CHECK ("order" > 0)'
    parse(rule.filled(Hit(severity="info", message="", names=filled)))


# Statements whose safe form repeats what they say, with {t} for the table.
STATEMENTS = """
CREATE INDEX i ON {t} ("order");
CREATE UNIQUE INDEX ON {t} (lower("Name") text_pattern_ops) INCLUDE (id) NULLS NOT DISTINCT
    WITH (fillfactor = 70) WHERE "order" <> 'a  b';
CREATE INDEX "by Tag" ON {t} USING gin (tags jsonb_path_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON {t} (a, "order", c, d);
DROP INDEX i; CREATE INDEX i ON {t} ("order");
ALTER TABLE {t} ADD FOREIGN KEY ("order") REFERENCES app."P"(code) ON DELETE CASCADE DEFERRABLE;
ALTER TABLE {t} ADD CONSTRAINT "a.b" CHECK (tags <> '{{a}}' AND "order" > 0) NO INHERIT;
ALTER TABLE {t} ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT ("order") INCLUDE (d) DEFERRABLE;
ALTER TABLE {t} ADD PRIMARY KEY ("order") WITH (fillfactor = 70);
ALTER TABLE {t} ADD COLUMN c "Mood"[] UNIQUE DEFERRABLE CHECK (c <> '{{}}')
    REFERENCES "user"(code) ON DELETE SET NULL;
ALTER TABLE {t} ADD COLUMN "user" text NOT NULL;
ALTER TABLE {t} ADD COLUMN "user" serial;
ALTER TABLE {t} ALTER COLUMN "order" SET NOT NULL;
ALTER TABLE {t} ADD CHECK ("order" IS NOT NULL) NOT VALID;
ALTER TABLE {t} RENAME COLUMN "order" TO "User";
ALTER TABLE {t} RENAME TO "People";
ALTER TABLE {t} SET SCHEMA "Else";
DROP TABLE {t};
CREATE TABLE {t}(id int REFERENCES "P" ("Code") ON DELETE CASCADE);
CREATE TABLE app."Part" PARTITION OF {t} DEFAULT;
ALTER TABLE {t} ATTACH PARTITION app."Part" DEFAULT;
ALTER TABLE {t} DETACH PARTITION app."Part";
ALTER TYPE app."Mood" ADD VALUE 'it''s';
"""


def findings(sql: str, *, version: int = 180000):
    return [
        finding
        for verdict in judge_scripts([sql_script(sql, "a.sql")], pg_version=version)
        for finding in verdict.findings
    ]


def safe_form(sql: str, rule: str, *, version: int = 180000) -> str:
    """The safe form of the one finding of a rule."""
    (found,) = [f for f in findings(sql, version=version) if f.rule == rule]
    return found.safe_form or ""


@pytest.mark.parametrize("table", ["people", '"user"', '"Order"', 'app."Order"', "app.users"])
def test_a_safe_form_of_awkward_names_parses(table: str) -> None:
    for statement in STATEMENTS.format(t=table).split(";\n"):
        for finding in findings(statement):
            parse(finding.safe_form or "")


def test_a_safe_form_builds_the_index_that_was_written() -> None:
    definition = """(lower(n) text_pattern_ops)
        INCLUDE (id) NULLS NOT DISTINCT WHERE n <> 'a  b'"""
    form = safe_form(f"CREATE UNIQUE INDEX i ON app.users {definition}", "create-index")
    assert form.endswith(f"\nCREATE UNIQUE INDEX CONCURRENTLY i ON app.users {definition};")


@pytest.mark.parametrize(
    ("rule", "definition"),
    [
        ("add-foreign-key", "FOREIGN KEY (a, b) REFERENCES p (x, y) MATCH FULL ON DELETE CASCADE"),
        ("add-foreign-key", 'FOREIGN KEY (a) REFERENCES app."P" (c) DEFERRABLE INITIALLY DEFERRED'),
        ("add-check", "CHECK (tags <> '{a}' AND n LIKE 'a  b') NO INHERIT"),
        ("add-check", "CHECK (NOT valid)"),
        ("add-check", """CHECK ("größe, x" IN ('a'\n'b', 'é'))"""),
    ],
)
def test_a_safe_form_adds_the_constraint_that_was_written(rule: str, definition: str) -> None:
    form = safe_form(f"ALTER TABLE t ALTER a SET DEFAULT 1, ADD CONSTRAINT c {definition}", rule)
    assert form.startswith(f"ALTER TABLE t ADD CONSTRAINT c\n  {definition} NOT VALID;\n")


def test_a_safe_form_keeps_what_a_unique_constraint_says_of_its_index() -> None:
    sql = "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) WITH (fillfactor = 70)"
    form = safe_form(f"{sql} USING INDEX TABLESPACE s DEFERRABLE INITIALLY DEFERRED", "add-unique")
    key = "(a) INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor = 70) TABLESPACE s"
    assert f"INDEX CONCURRENTLY t_a_key ON t {key};" in form
    assert form.endswith("UNIQUE USING INDEX t_a_key DEFERRABLE INITIALLY DEFERRED;")


def test_a_safe_form_keeps_what_a_column_says_of_its_foreign_key() -> None:
    column = "c int REFERENCES p (code) ON DELETE CASCADE DEFERRABLE"
    form = safe_form(f"ALTER TABLE t ADD COLUMN {column}", "add-column-references")
    assert "FOREIGN KEY (c) REFERENCES p (code) ON DELETE CASCADE DEFERRABLE NOT VALID;" in form


@pytest.mark.parametrize(
    ("column", "definition"),
    [
        ("CHECK (é > 0) NOT NULL DEFAULT 1", "CHECK (é > 0)"),
        ("CONSTRAINT k CHECK (é > 0) NO INHERIT COLLATE app.c", "CHECK (é > 0) NO INHERIT"),
        ("CHECK /* small */ (é > 0) -- or not\n, ADD d int", "CHECK (é > 0)"),
    ],
)
def test_a_safe_form_takes_only_the_constraint_from_a_column(column: str, definition: str) -> None:
    sql = f"SELECT 'ü'; -- ö\nALTER TABLE t ADD COLUMN é int {column}"
    form = safe_form(sql, "add-column-check")
    assert f"\n  {definition} NOT VALID;\n" in form


def test_a_constraint_of_a_new_table_is_taken_out_of_it() -> None:
    key = "FOREIGN KEY (b) REFERENCES p (id) ON DELETE SET NULL (b)"
    sql = f"CREATE TABLE c (a int, b int, CONSTRAINT k {key}, CHECK (a > 0))"
    assert f"  {key} NOT VALID;" in safe_form(sql, "create-table-references")
    inline = "CREATE TABLE c (a int, b int REFERENCES p DEFERRABLE UNIQUE, CHECK (a > 0))"
    form = safe_form(inline, "create-table-references")
    assert "  FOREIGN KEY (b) REFERENCES p DEFERRABLE NOT VALID;" in form


def test_a_constraint_inside_a_do_block_is_told_from_its_summary() -> None:
    key = "FOREIGN KEY (a) REFERENCES p"
    sql = f"DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT k {key} ON DELETE CASCADE; END $$"
    assert f"  {key} NOT VALID;" in safe_form(sql, "add-foreign-key")


@pytest.mark.parametrize(
    ("column", "rule", "added"),
    [
        (
            "text COLLATE app.c DEFAULT 'a, b' CHECK (c <> '') NOT NULL",
            "add-column-check",
            "text COLLATE app.c DEFAULT 'a, b' NOT NULL",
        ),
        (
            "int NOT NULL DEFAULT (1 + 1) UNIQUE",
            "add-column-unique",
            "integer DEFAULT (1 + 1) NOT NULL",
        ),
        ("int NOT NULL UNIQUE", "add-column-unique", "integer"),
        (
            "int[] DEFAULT ARRAY[1, 2] UNIQUE",
            "add-column-unique",
            "integer[] DEFAULT ARRAY[1, 2]",
        ),
        ("uuid DEFAULT gen_random_uuid() UNIQUE", "add-column-unique", "uuid"),
        ("text DEFAULT NULL REFERENCES p", "add-column-references", "text DEFAULT NULL"),
        ('text NOT NULL COLLATE "C"', "add-column-required", 'text COLLATE "C"'),
    ],
)
def test_a_safe_form_keeps_the_rest_of_a_column(column: str, rule: str, added: str) -> None:
    form = safe_form(f"ALTER TABLE t ADD COLUMN c {column}, ADD d int DEFAULT 3", rule)
    assert form.startswith(f"ALTER TABLE t ADD COLUMN c {added};\n")


def test_a_safe_form_sets_the_default_that_was_written() -> None:
    default = "'r' || gen_random_uuid()"
    column = f"c text DEFAULT {default} /* new rows */ NOT NULL"
    form = safe_form(f"ALTER TABLE t ADD COLUMN {column}", "add-column-volatile-default")
    assert f"\nALTER TABLE t ALTER COLUMN c SET DEFAULT {default};\n" in form


PARENT = """
CREATE TABLE app.m (a int NOT NULL, b int) PARTITION BY RANGE (a);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM (0) TO (10);
"""
DETACH = "ALTER TABLE app.m DETACH PARTITION app.m1"


def of_partitioned(sql: str, rule: str, *, version: int = 150000) -> str:
    """The safe form for a statement about app.m, which an earlier script made."""
    scripts = [sql_script(PARENT, "before.sql"), sql_script(sql, "a.sql")]
    verdict = judge_scripts(scripts, pg_version=version)[1]
    (found,) = [finding for finding in verdict.findings if finding.rule == rule]
    parse(found.safe_form or "")
    return found.safe_form or ""


@pytest.mark.parametrize(
    ("rule", "kind"), [("add-unique", "UNIQUE"), ("add-primary-key", "PRIMARY KEY")]
)
def test_the_key_of_a_partitioned_table_is_built_partition_by_partition(
    rule: str, kind: str
) -> None:
    form = of_partitioned(f"ALTER TABLE app.m ADD CONSTRAINT k {kind} (a, b)", rule)
    assert f"ALTER TABLE ONLY app.m ADD CONSTRAINT k\n  {kind} (a, b);" in form
    assert f"{kind} USING INDEX k_<partition>;" in form
    assert form.endswith("ALTER INDEX app.k ATTACH PARTITION app.k_<partition>;")


def test_the_foreign_key_of_a_partitioned_table_is_added_to_its_partitions_first() -> None:
    sql = "ALTER TABLE app.m ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES p"
    form = of_partitioned(sql, "add-foreign-key", version=170000)
    assert (
        "ALTER TABLE <partition> ADD CONSTRAINT k\n  FOREIGN KEY (b) REFERENCES p NOT VALID" in form
    )
    assert "<partition>" not in of_partitioned(sql, "add-foreign-key", version=180000)


def test_a_partitioned_index_is_not_dropped_concurrently() -> None:
    sql = "CREATE INDEX i ON app.m (b); "
    scripts = [sql_script(text, text) for text in (PARENT, sql, "DROP INDEX i")]
    (found,) = [f for f in judge_scripts(scripts)[2].findings if f.rule == "drop-index"]
    assert (found.safe_form or "").endswith(":\nDROP INDEX IF EXISTS i;")


@pytest.mark.parametrize(("version", "concurrently"), [(130000, False), (140000, True)])
def test_a_partition_is_detached_concurrently_from_14(version: int, concurrently: bool) -> None:
    form = of_partitioned(DETACH, "detach-partition", version=version)
    assert form.endswith("app.m1 CONCURRENTLY;") == concurrently


def test_beside_a_default_partition_none_is_detached_concurrently() -> None:
    scripts = (PARENT + "CREATE TABLE app.rest PARTITION OF app.m DEFAULT", DETACH)
    verdict = judge_scripts([sql_script(text, text) for text in scripts], pg_version=180000)[1]
    (found,) = [f for f in verdict.findings if f.rule == "detach-partition"]
    assert (found.safe_form or "").endswith("ALTER TABLE app.m DETACH PARTITION app.m1;")


def test_a_partition_beside_a_default_one_is_dropped_without_concurrently() -> None:
    scripts = (PARENT + "CREATE TABLE app.rest PARTITION OF app.m DEFAULT", "DROP TABLE app.m1")
    verdict = judge_scripts([sql_script(text, text) for text in scripts], pg_version=180000)[1]
    (found,) = [f for f in verdict.findings if f.rule == "drop-table-locks-parents"]
    assert "\nALTER TABLE app.m DETACH PARTITION app.m1;\n" in (found.safe_form or "")


def test_a_foreign_key_of_a_partitioned_table_gets_its_index_partition_by_partition() -> None:
    sql = "ALTER TABLE app.m ADD FOREIGN KEY (b) REFERENCES p NOT VALID"
    form = of_partitioned(sql, "foreign-key-without-index")
    assert "CREATE INDEX m_b_idx ON ONLY app.m (b);" in form
    assert form.endswith("ALTER INDEX app.m_b_idx ATTACH PARTITION app.m_b_idx_<partition>;")
    new = "CREATE TABLE n (a int, b int REFERENCES p) PARTITION BY RANGE (a)"
    assert safe_form(new, "foreign-key-without-index") == "CREATE INDEX ON n (b);"


def test_a_key_of_a_partitioned_table_is_not_made_from_its_index() -> None:
    sql = "ALTER TABLE app.m ADD UNIQUE USING INDEX k"
    scripts = (PARENT + "CREATE UNIQUE INDEX k ON app.m (a, b)", sql)
    verdict = judge_scripts([sql_script(text, text) for text in scripts])[1]
    (found,) = [f for f in verdict.findings if f.rule == "using-index-refused"]
    parse(found.safe_form or "")
    assert "ALTER TABLE ONLY app.m ADD CONSTRAINT k\n  UNIQUE (a, b);" in (found.safe_form or "")


@pytest.mark.parametrize(("new_type", "swaps"), [("bigint", True), ("varchar(20)", False)])
def test_a_column_with_a_check_is_swapped_where_its_type_change_rewrites(
    new_type: str, swaps: bool
) -> None:
    table = "CREATE TABLE t (c {} CHECK (c IS DISTINCT FROM '1'))"
    scripts = (
        table.format("int" if swaps else "varchar(10)"),
        f"ALTER TABLE t ALTER c TYPE {new_type}",
    )
    verdict = judge_scripts([sql_script(text, text) for text in scripts])[1]
    (found,) = [f for f in verdict.findings if f.rule == "alter-type-check"]
    assert ("ADD COLUMN c_new" in (found.safe_form or "")) == swaps


def test_a_value_in_place_of_a_renamed_one_is_added_outside_of_a_transaction() -> None:
    form = safe_form("ALTER TYPE mood RENAME VALUE 'sad' TO 'low'", "enum-rename-value")
    assert "outside a transaction:\nALTER TYPE mood ADD VALUE IF NOT EXISTS 'low';" in form


def test_a_new_partition_leaves_the_identity_to_its_parent() -> None:
    form = of_partitioned("CREATE TABLE p PARTITION OF app.m DEFAULT", "create-partition")
    assert form.startswith("CREATE TABLE p (LIKE app.m INCLUDING ALL EXCLUDING IDENTITY);")


def test_a_key_without_overlaps_needs_a_new_table() -> None:
    key = "UNIQUE (a, p WITHOUT OVERLAPS)"
    form = safe_form(f"ALTER TABLE t ADD CONSTRAINT k {key}", "add-unique")
    assert form.startswith(f"CREATE TABLE t_new (LIKE t INCLUDING ALL, {key});")


def test_a_partitioned_index_is_replaced_partition_by_partition() -> None:
    texts = (PARENT, "CREATE INDEX i ON app.m (b)", "DROP INDEX i; CREATE INDEX j ON app.m (b, a);")
    verdict = judge_scripts([sql_script(text, text) for text in texts])[2]
    (found,) = [finding for finding in verdict.findings if finding.rule == "replace-index"]
    parse(found.safe_form or "")
    assert "CREATE INDEX j_new ON ONLY app.m (b, a);" in (found.safe_form or "")
