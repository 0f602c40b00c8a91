"""The safe forms that guides and other linters recommend: none of them is called unsafe."""

import pytest

from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script

BEFORE = """
CREATE TABLE orgs (id bigint PRIMARY KEY, name text);
CREATE TABLE users (
    id bigint PRIMARY KEY, name varchar(20), email text, age int, org_id bigint,
    CONSTRAINT age_sane CHECK (age > 0), CONSTRAINT named UNIQUE (name)
);
CREATE INDEX users_email_idx ON users (email);
CREATE INDEX users_org_idx ON users (org_id);
CREATE UNIQUE INDEX users_name_age_idx ON users (name, age);
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE MATERIALIZED VIEW totals AS SELECT org_id, count(*) FROM users GROUP BY org_id;
CREATE UNIQUE INDEX totals_idx ON totals (org_id);
"""
NOT_VALID = "ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;"
VALIDATED = f"{NOT_VALID} ALTER TABLE users VALIDATE CONSTRAINT email_set;"
KEY = "ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (org_id) REFERENCES orgs (id) NOT VALID;"
# Name: what runs before, in scripts of its own, and the form.
SAFE = {
    "index": ("", "CREATE INDEX CONCURRENTLY i ON users (age);"),
    "unique index": ("", "CREATE UNIQUE INDEX CONCURRENTLY i ON users (email);"),
    "drop index": ("", "DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;"),
    "drop index under lock_timeout": (
        "",
        "SET lock_timeout = '1s'; DROP INDEX CONCURRENTLY users_email_idx;",
    ),
    "rebuilt index": ("", "REINDEX INDEX CONCURRENTLY users_email_idx;"),
    "index after lock_timeout is reset": (
        "",
        "SET lock_timeout = '1s'; ALTER TABLE users ADD COLUMN z int; RESET lock_timeout;"
        "CREATE INDEX CONCURRENTLY i ON users (z);",
    ),
    "column": ("", "SET lock_timeout = '2s'; ALTER TABLE users ADD COLUMN nick text;"),
    "column in a transaction": (
        "",
        "BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '5s';"
        "ALTER TABLE users ADD COLUMN IF NOT EXISTS nick text; COMMIT;",
    ),
    "column with a constant": ("", "ALTER TABLE users ADD COLUMN b boolean NOT NULL DEFAULT true;"),
    "column with now()": (
        "",
        "ALTER TABLE users ADD COLUMN seen timestamptz NOT NULL DEFAULT now();",
    ),
    "column, then its volatile default": (
        "",
        "ALTER TABLE users ADD COLUMN token uuid;"
        "ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();",
    ),
    "jsonb": ("", "ALTER TABLE users ADD COLUMN settings jsonb;"),
    "foreign key validated": (KEY, "ALTER TABLE users VALIDATE CONSTRAINT f;"),
    "foreign key validated in another transaction": (
        "CREATE INDEX ON users (org_id);",
        f"BEGIN; SET LOCAL lock_timeout = '1s'; {KEY} COMMIT;"
        "BEGIN; ALTER TABLE users VALIDATE CONSTRAINT f; COMMIT;",
    ),
    "check": ("", "ALTER TABLE users ADD CONSTRAINT c CHECK (age < 200) NOT VALID;"),
    "check validated": (NOT_VALID, "ALTER TABLE users VALIDATE CONSTRAINT email_set;"),
    "not null": (
        "",
        f"{VALIDATED} ALTER TABLE users ALTER COLUMN email SET NOT NULL;"
        "ALTER TABLE users DROP CONSTRAINT email_set;",
    ),
    "unique from an index": (
        "",
        "CREATE UNIQUE INDEX CONCURRENTLY u ON users (email);"
        "ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX u;",
    ),
    "table": (
        "",
        "CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t text NOT NULL,"
        " at timestamptz NOT NULL DEFAULT now(), CHECK (t <> ''), UNIQUE (t));"
        "CREATE INDEX ON posts (at);",
    ),
    "lookup table in place of an enum": (
        "",
        "CREATE TABLE kinds (name text PRIMARY KEY); INSERT INTO kinds VALUES ('a'), ('b');"
        "CREATE TABLE docs (id bigint PRIMARY KEY, kind text NOT NULL REFERENCES kinds (name));"
        "CREATE INDEX ON docs (kind);",
    ),
    "renamed before anybody uses it": (
        "",
        "BEGIN; CREATE TABLE a (id bigint); ALTER TABLE a RENAME TO b; COMMIT;",
    ),
    "partition": (
        "",
        "CREATE TABLE p (LIKE events INCLUDING ALL,"
        " CONSTRAINT c CHECK (at >= '2026-01-01' AND at < '2027-01-01'));"
        "ALTER TABLE events ATTACH PARTITION p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    ),
    "partition detached": ("", "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;"),
    "batch by key": ("", "UPDATE users SET age = 1 WHERE age IS NULL AND id BETWEEN 1 AND 1000;"),
    "batch that skips locked rows": (
        "",
        "WITH batch AS (SELECT id FROM users WHERE age IS NULL LIMIT 500 FOR UPDATE SKIP LOCKED)"
        " UPDATE users SET age = 1 FROM batch WHERE users.id = batch.id;",
    ),
    "view refreshed": ("", "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;"),
    "vacuum": ("", "VACUUM (ANALYZE) users;"),
    "statistics": ("", "ALTER TABLE users ALTER COLUMN age SET STATISTICS 500; ANALYZE users;"),
    "constraint replaced": (
        "",
        "ALTER TABLE users DROP CONSTRAINT named,"
        " ADD CONSTRAINT named UNIQUE USING INDEX users_name_age_idx;",
    ),
}
# What can go wrong with them is a wait that ends, or one more try.
WITH_CARE = {
    "index under lock_timeout": (
        "",
        "SET lock_timeout = '2s'; CREATE INDEX CONCURRENTLY i ON users (age);",
    ),
    "index under both timeouts": (
        "",
        "SET lock_timeout = '1s'; SET statement_timeout = '5s';"
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (age);",
    ),
    "index if it is not there": ("", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (age);"),
    "rebuilt index under lock_timeout": (
        "",
        "SET lock_timeout = '1s'; REINDEX INDEX CONCURRENTLY users_email_idx;",
    ),
    "unique from an index under lock_timeout": (
        "",
        "SET lock_timeout = '1s'; CREATE UNIQUE INDEX CONCURRENTLY u ON users (email);"
        "ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX u;",
    ),
    "table with a foreign key": (
        "",
        "CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));"
        "CREATE INDEX ON posts (user_id);",
    ),
    "table with two foreign keys": (
        "",
        "BEGIN; SET LOCAL lock_timeout = '1s'; CREATE TABLE posts (id bigint PRIMARY KEY,"
        " user_id bigint REFERENCES users (id), org_id bigint REFERENCES orgs (id));"
        "CREATE INDEX ON posts (user_id); CREATE INDEX ON posts (org_id); COMMIT;",
    ),
    "table, then its foreign key": (
        "",
        "BEGIN; CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint);"
        "CREATE INDEX ON posts (user_id);"
        "ALTER TABLE posts ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id); COMMIT;",
    ),
    "constraint added again": (
        "",
        "ALTER TABLE users DROP CONSTRAINT IF EXISTS age_sane;"
        "ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;",
    ),
}
# As far as can be told without knowing the tables.
BLIND = {
    "not null, last step": (
        NOT_VALID,
        "ALTER TABLE users VALIDATE CONSTRAINT email_set;"
        "ALTER TABLE users ALTER COLUMN email SET NOT NULL;"
        "ALTER TABLE users DROP CONSTRAINT email_set;",
    ),
    "not null, with the constraint that goes": (
        VALIDATED,
        "ALTER TABLE users ALTER COLUMN email SET NOT NULL, DROP CONSTRAINT email_set;",
    ),
}


def severities(*scripts: str) -> set[str]:
    """Of the findings about the last."""
    read = [sql_script(text, "a.sql") for text in scripts if text]
    return {f.severity for f in judge_scripts(read, pg_version=180000)[-1].findings}


@pytest.mark.parametrize("name", SAFE)
def test_a_usual_form_is_safe(name: str) -> None:
    before, form = SAFE[name]
    assert severities(BEFORE, before, form) <= {"info"}
    assert "unsafe" not in severities(form)


@pytest.mark.parametrize("name", WITH_CARE)
def test_one_that_may_have_to_be_tried_again_is_a_caution(name: str) -> None:
    before, form = WITH_CARE[name]
    assert severities(BEFORE, before, form) - {"info"} == {"caution"}
    assert severities(form) - {"info"} == {"caution"}


@pytest.mark.parametrize("name", BLIND)
def test_what_may_be_the_last_step_of_one_is_a_caution(name: str) -> None:
    before, form = BLIND[name]
    assert severities(form) - {"info"} == {"caution"}
    assert severities(BEFORE, before, form) <= {"info"}
