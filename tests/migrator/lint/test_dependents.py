"""What a history says of objects that need one another, whatever they are called meanwhile."""

import pytest

from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script

REFUSED = {"drop-column-refused", "drop-refused", "drop-constraint-refused", "alter-type-refused"}
DOCS = "CREATE TABLE docs (id serial PRIMARY KEY, owner text, body text);"
POLICY = DOCS + "CREATE POLICY own ON docs USING (owner = current_user);"
NOTE = "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
TRIGGER = "CREATE TRIGGER noted BEFORE UPDATE OF owner ON docs EXECUTE FUNCTION note();"


def refused(*scripts: str) -> list[str]:
    """Why PostgreSQL refuses something of the last of some scripts."""
    found = judge_scripts([sql_script(text, text) for text in scripts])[-1].findings
    return [finding.message for finding in found if finding.rule in REFUSED]


@pytest.mark.parametrize(
    ("before", "statement", "reason"),
    [
        (POLICY, "ALTER TABLE docs RENAME TO files; ALTER TABLE files DROP owner", "files"),
        (POLICY, "ALTER TABLE docs RENAME owner TO who; ALTER TABLE docs DROP who", "docs.who"),
        (POLICY, "ALTER POLICY own ON docs RENAME TO mine; ALTER TABLE docs DROP owner", "mine"),
        (DOCS + NOTE + TRIGGER, "DROP FUNCTION note()", "trigger noted of docs"),
        (DOCS, "DROP SEQUENCE docs_id_seq", "default id of docs"),
        (
            DOCS + "CREATE VIEW owned AS SELECT o.* FROM docs AS o;",
            "ALTER TABLE docs DROP body",
            "the view owned reads docs.body",
        ),
        (
            DOCS + "CREATE FUNCTION f() RETURNS text RETURN (SELECT max(owner) FROM docs);",
            "ALTER TABLE docs ALTER owner TYPE varchar(9)",
            "function f() needs the type of docs.owner",
        ),
    ],
)
def test_what_needs_an_object_is_followed(before: str, statement: str, reason: str) -> None:
    (message,) = refused(before, statement)
    assert reason in message


@pytest.mark.parametrize(
    ("before", "statement"),
    [
        (POLICY, "DROP POLICY own ON docs; ALTER TABLE docs DROP owner"),
        (POLICY, "ALTER POLICY own ON docs USING (id = 1); ALTER TABLE docs DROP owner"),
        (DOCS + NOTE + TRIGGER, "DROP TRIGGER noted ON docs; DROP FUNCTION note"),
        (DOCS + NOTE + TRIGGER, "DROP FUNCTION note CASCADE; ALTER TABLE docs DROP owner"),
        (DOCS + NOTE + TRIGGER, "DROP TABLE docs; DROP FUNCTION note"),
        (DOCS, "ALTER TABLE docs ALTER id DROP DEFAULT; DROP SEQUENCE docs_id_seq"),
        # Which table has the column, only the database knows.
        (DOCS + "CREATE VIEW v AS SELECT label FROM docs, other;", "ALTER TABLE other DROP label"),
        # A query of the table's name hides it.
        (
            DOCS + "CREATE VIEW v AS WITH docs AS (SELECT 1 AS body) SELECT body FROM docs;",
            "ALTER TABLE docs DROP body",
        ),
        (
            DOCS + "CREATE VIEW v AS SELECT body FROM docs; CREATE OR REPLACE VIEW v AS SELECT '';",
            "ALTER TABLE docs DROP body",
        ),
    ],
)
def test_what_no_longer_needs_an_object_is_forgotten(before: str, statement: str) -> None:
    assert refused(before, statement) == []
