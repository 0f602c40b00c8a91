"""Generated rows fit the tables that real applications have."""

import pytest

from migrator.rehearse.catalog import read_tables
from migrator.rehearse.generator import RowGenerator, parents_first
from tests.migrator.conftest import Database

ROWS = 60

MANY_TYPES = """
CREATE TYPE mood AS ENUM ('happy', 'so-so', 'it''s bad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE wide (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    a smallint NOT NULL, b int NOT NULL UNIQUE, c bigint NOT NULL, d numeric(6, 2) NOT NULL,
    e real NOT NULL, f double precision NOT NULL, g boolean NOT NULL, h uuid NOT NULL UNIQUE,
    i text NOT NULL UNIQUE, j varchar(5) NOT NULL UNIQUE, k char(4) NOT NULL, l bytea NOT NULL,
    m json NOT NULL, n jsonb NOT NULL, o date NOT NULL, p timestamp NOT NULL,
    q timestamptz(3) NOT NULL, r time NOT NULL, s interval NOT NULL, t inet NOT NULL,
    u cidr NOT NULL, v macaddr NOT NULL, w int[] NOT NULL, x text[] NOT NULL, y mood NOT NULL,
    z positive NOT NULL, aa int4range NOT NULL, ab tsvector NOT NULL, ac bit(3) NOT NULL,
    ad money NOT NULL, ae point NOT NULL, af timetz NOT NULL, ag tstzrange NOT NULL,
    ah text NOT NULL CHECK (ah IN ('draft', 'sent', 'paid')), ai numeric NOT NULL,
    "Odd %s name" text, maybe int, twice int GENERATED ALWAYS AS (b * 2) STORED,
    created timestamptz NOT NULL DEFAULT now()
)
"""
FAMILY = """
CREATE TABLE country (code char(2) PRIMARY KEY);
CREATE TABLE city (country char(2) NOT NULL REFERENCES country, name text,
    PRIMARY KEY (country, name));
CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country char(2) NOT NULL, city text NOT NULL, boss bigint REFERENCES person,
    FOREIGN KEY (country, city) REFERENCES city);
CREATE TABLE passport (person bigint PRIMARY KEY REFERENCES person ON DELETE CASCADE);
CREATE SCHEMA log;
CREATE TABLE log.visit (person bigint REFERENCES person, at timestamptz NOT NULL)
    PARTITION BY RANGE (at);
CREATE TABLE log.visit_all PARTITION OF log.visit DEFAULT
"""


def fill(database: Database, rows: int = ROWS) -> RowGenerator:
    generator = RowGenerator("alembic_version")
    with database.connect() as connection:
        generator.fill(connection, rows)
    return generator


def test_every_type_gets_values(database: Database) -> None:
    database.execute(MANY_TYPES)
    assert fill(database).notes == {}
    assert database.execute("SELECT count(*), count(DISTINCT ah), count(DISTINCT y) FROM wide") == [
        (ROWS, 3, 3)
    ]
    assert database.execute("SELECT count(maybe) > 0, count(maybe) < count(*) FROM wide") == [
        (True, True)
    ]


def test_foreign_keys_find_their_parents(database: Database) -> None:
    database.execute(FAMILY)
    generator = fill(database)
    assert generator.notes == {}
    counts = database.execute(
        "SELECT (SELECT count(*) FROM city), (SELECT count(DISTINCT (country, city)) FROM person),"
        " (SELECT count(*) FROM passport), (SELECT count(*) FROM log.visit)"
    )
    assert counts == [(ROWS, ROWS, ROWS, ROWS)]


def test_rows_can_be_added_again(database: Database) -> None:
    database.execute(MANY_TYPES)
    generator = fill(database)
    with database.connect() as connection:
        generator.fill(connection, 5)
    assert generator.notes == {}
    assert database.execute("SELECT count(*) FROM wide") == [(ROWS + 5,)]


def test_parents_come_first_and_circles_end(database: Database) -> None:
    database.execute(
        "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int"
        " REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;" + FAMILY
    )
    with database.connect() as connection:
        tables = read_tables(connection, "alembic_version")
        order = [table.label for table in parents_first(tables)]
    assert sorted(order) == ["a", "b", "city", "country", "log.visit", "passport", "person"]
    assert order.index("country") < order.index("city") < order.index("person")
    assert order.index("person") < order.index("log.visit")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (
            "CREATE TABLE odd (id int PRIMARY KEY, v text CHECK (v ~ '^x+$') NOT NULL)",
            "odd_v_check",
        ),
        ("CREATE TYPE pair AS (a int, b int); CREATE TABLE odd (v pair NOT NULL)", "type pair"),
    ],
)
def test_a_table_that_cannot_be_filled_is_named(
    database: Database, table: str, reason: str
) -> None:
    database.execute(table)
    (note,) = fill(database).notes.values()
    assert note.startswith("odd was given no rows: ")
    assert reason in note
