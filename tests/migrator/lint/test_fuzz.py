"""Whatever the text, the linter answers: with findings, never with a traceback."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.lint.output.github import github_report
from migrator.lint.output.json_report import json_report
from migrator.lint.output.markdown import markdown_report
from migrator.lint.output.sarif import sarif_report
from migrator.lint.scripts import judge_scripts
from migrator.lint.summary_counts import totals
from migrator.postgres.claims import effects
from migrator.postgres.replay import replay
from migrator.postgres.statements import summarise
from migrator.project.sql_file import sql_script
from migrator.snapshot import Catalog
from tests.migrator.corpus import base_sql, cases

CORPUS = [f"{case.setup}\n{case.sql}" for case in cases()]
WORDS = sorted({word for text in CORPUS for word in text.split()})

VALUES = """\
1
'x'
NULL
now()
random()
nextval('s')
f(1)
email
u.age
current_timestamp
ARRAY[1]
'{}'::jsonb
(SELECT 1)
$1
- 1
true
""".splitlines()
COMMANDS = """\
VALIDATE CONSTRAINT k
DROP CONSTRAINT k
SET UNLOGGED
SET (fillfactor = 70)
ENABLE ROW LEVEL SECURITY
REPLICA IDENTITY FULL
OWNER TO CURRENT_USER
ALTER CONSTRAINT k NOT ENFORCED
CLUSTER ON i
DISABLE TRIGGER USER
SET ACCESS METHOD heap
INHERIT crm.users
RESET (fillfactor)
NOT OF
""".splitlines()
OTHERS = """\
BEGIN
COMMIT
ROLLBACK
SAVEPOINT a
SET lock_timeout = '2s'
RESET ALL
DO $$ BEGIN END $$
CALL p()
VACUUM FULL
CLUSTER
REINDEX DATABASE x
DROP OWNED BY x
COPY users FROM stdin
LISTEN x
PREPARE TRANSACTION 'x'
ALTER TYPE mood ADD VALUE 'x'
DROP CAST (int AS text)
DROP RULE r ON users
ALTER SYSTEM SET a = 1
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()
DROP OPERATOR + (int, int)
DROP FUNCTION f
DROP TRANSFORM FOR int LANGUAGE sql
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO public
IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c
CREATE FOREIGN TABLE ft (id int) SERVER s
ALTER FOREIGN TABLE ft ADD COLUMN x int
ALTER VIEW v ALTER COLUMN x SET DEFAULT 1
ALTER INDEX i ATTACH PARTITION j
ALTER INDEX i SET TABLESPACE t
CREATE RECURSIVE VIEW v (n) AS SELECT 1
CREATE SCHEMA s CREATE TABLE t (id int)
DROP DATABASE x
CREATE USER MAPPING FOR a SERVER b
ALTER EXTENSION e UPDATE
COMMENT ON CONSTRAINT k ON users IS 'x'
GRANT a TO b
COMMENT ON COLUMN users.id IS 'x'
COMMENT ON DATABASE x IS 'x'
SECURITY LABEL ON TABLE t IS 'x'
ALTER PUBLICATION p DROP TABLE users
CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p
ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b
TABLE users
VALUES (1)
alter schema s rename to t
create unlogged table x (id int)
create type c as (a int)
alter type c add attribute b int
create rule r as on insert to users do nothing
create aggregate a (int) (sfunc = f, stype = int)
create text search configuration c (copy = english)
alter function f(int) owner to x
alter statistics s set statistics 5
create statistics s on a, b from users
create collation c from "C"
create publication p for all tables
create procedure p() language sql as 'select 1'
alter materialized view m rename to n
alter type e rename to f
alter policy p on users using (true)
alter trigger a on users rename to b
with a as (insert into users values (1)), b as (update orders set total = 1) select 1
""".splitlines()

name = st.sampled_from(
    ["users", "orders", "events", "public.users", "crm.users", '"Odd Name"', "é"]
)
column = st.sampled_from(["id", "email", "age", "total", '"Odd"', "ünicode"])
type_name = st.sampled_from(
    [
        *("int", "bigint", "serial", "text", "varchar(20)", "varchar", "char(3)", "numeric(10,2)"),
        *("numeric(5)", "json", "jsonb", "uuid", "timestamptz(3)", "timestamp", "interval day"),
        *("int[]", "text[][]", "crm.mood", "bit(3)", "varbit(9)", "double precision", "xml"),
    ]
)
expression = st.recursive(
    st.sampled_from(VALUES),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({})::text".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("({} IS NOT NULL)".format, inner),
        st.builds("(CASE WHEN {} THEN {} END)".format, inner, inner),
        st.builds("({} IN ({}, 1))".format, inner, inner),
    ),
    max_leaves=5,
)
condition = st.builds("{} IS NOT NULL".format, column) | expression
not_valid = st.sampled_from(["", " NOT VALID", " NOT ENFORCED", " DEFERRABLE"])
constraint = st.one_of(
    st.builds("CHECK ({}){}".format, condition, not_valid),
    st.builds("FOREIGN KEY ({}) REFERENCES {}{}".format, column, name, not_valid),
    st.builds("UNIQUE ({}, {})".format, column, column),
    st.builds("PRIMARY KEY ({})".format, column),
    st.just("UNIQUE USING INDEX i"),
    st.just("PRIMARY KEY USING INDEX i"),
    st.builds("EXCLUDE USING gist ({} WITH &&)".format, column),
    st.builds("NOT NULL {}{}".format, column, not_valid),
)
column_extra = st.one_of(
    st.sampled_from(["", " NOT NULL", " UNIQUE", " PRIMARY KEY", " GENERATED ALWAYS AS IDENTITY"]),
    st.builds(" DEFAULT {}".format, expression),
    st.builds(" CHECK ({})".format, condition),
    st.builds(" REFERENCES {}".format, name),
    st.builds(" GENERATED ALWAYS AS ({}) STORED".format, expression),
    st.builds(" GENERATED ALWAYS AS ({})".format, expression),
)
new_column = st.builds("{} {}{}{}".format, column, type_name, column_extra, column_extra)
command = st.one_of(
    st.builds("ADD COLUMN {}".format, new_column),
    st.builds("ADD CONSTRAINT k {}".format, constraint),
    st.builds("ADD {}".format, constraint),
    st.builds("DROP COLUMN {} CASCADE".format, column),
    st.builds("ALTER COLUMN {} TYPE {}".format, column, type_name),
    st.builds("ALTER COLUMN {} TYPE {} USING {}".format, column, type_name, expression),
    st.builds("ALTER COLUMN {} SET DEFAULT {}".format, column, expression),
    st.builds("ALTER COLUMN {} DROP DEFAULT".format, column),
    st.builds("ALTER COLUMN {} SET NOT NULL".format, column),
    st.builds("ALTER COLUMN {} ADD GENERATED ALWAYS AS IDENTITY".format, column),
    st.sampled_from(COMMANDS),
    st.builds("ALTER COLUMN {} SET STATISTICS 100".format, column),
)
statement = st.one_of(
    st.builds("ALTER TABLE {} {}".format, name, command),
    st.builds("ALTER TABLE IF EXISTS ONLY {} {}, {}".format, name, command, command),
    st.builds("CREATE TABLE {} ({}, {})".format, name, new_column, constraint),
    st.builds("CREATE TABLE {} AS SELECT {}".format, name, expression),
    st.builds("CREATE TABLE {} (LIKE {}) INHERITS ({})".format, name, name, name),
    st.builds("CREATE TABLE {} PARTITION OF {} DEFAULT".format, name, name),
    st.builds("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON {} ({})".format, name, column),
    st.builds("CREATE INDEX ON ONLY {} (({}), {})".format, name, expression, column),
    st.builds("ALTER TABLE {} ATTACH PARTITION {} DEFAULT".format, name, name),
    st.builds("ALTER TABLE {} DETACH PARTITION {} CONCURRENTLY".format, name, name),
    st.builds("ALTER TABLE {} RENAME COLUMN {} TO {}".format, name, column, column),
    st.builds("ALTER TABLE {} RENAME TO other".format, name),
    st.builds("ALTER TABLE {} SET SCHEMA crm".format, name),
    st.builds("CREATE OR REPLACE VIEW {} AS SELECT *, {} FROM {}".format, name, expression, name),
    st.builds("UPDATE {} SET {} = {} WHERE {}".format, name, column, expression, condition),
    st.builds("DELETE FROM {} USING {}".format, name, name),
    st.builds("INSERT INTO {} SELECT {}".format, name, expression),
    st.builds("WITH c AS (DELETE FROM {} RETURNING 1) SELECT * FROM c".format, name),
    st.builds("DROP TABLE {}, {} CASCADE".format, name, name),
    st.builds("TRUNCATE {} CASCADE".format, name),
    st.builds("SELECT {} INTO {}".format, expression, name),
    st.builds("MERGE INTO {} USING {} ON true WHEN MATCHED THEN DELETE".format, name, name),
    st.sampled_from(OTHERS),
)
script = st.lists(statement, max_size=6).map(";\n".join)


def lint(text: str) -> None:
    for version in (12, 150004, 18):
        report = totals(
            judge_scripts([sql_script(text, "fuzz.sql")], pg_version=version),
            pg_version=version,
            knowledge="",
        )
        for render in (json_report, sarif_report, github_report, markdown_report):
            render(report)
        for finding in report.findings:
            assert finding.message
            assert 1 <= finding.line <= text.count("\n") + 1


@settings(max_examples=400, deadline=None)
@given(script)
def test_generated_statements(text: str) -> None:
    lint(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_words_of_sql_in_any_order(text: str) -> None:
    lint(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=string.printable + "é€😀$'\"\\", max_size=60))
def test_any_text(text: str) -> None:
    lint(text)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CORPUS), st.data())
def test_the_corpus_with_pieces_cut_out(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    lint(text[:start] + text[end:])


@settings(max_examples=150, deadline=None)
@given(st.lists(statement, max_size=8))
def test_every_generated_statement_parses_or_is_reported(statements: list[str]) -> None:
    found = summarise(";\n".join(statements))
    assert len(found) == len([s for s in statements if s.strip()])
    assert all(statement.actions for statement in found)


@settings(max_examples=150, deadline=None)
@given(script)
def test_a_catalog_that_has_replayed_anything_still_answers(text: str) -> None:
    catalog = Catalog()
    for found in (*summarise(base_sql()), *summarise(text)):
        for action in found.actions:
            effects(action, catalog, 180000)
            replay(action, catalog)
            effects(action, catalog, 150000)
