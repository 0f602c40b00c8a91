"""Generated rows fit the tables that real applications have."""

import pytest

from migrator.rows import RowGenerator
from migrator.rows.generator import parents_first
from migrator.snapshot.reader import read_from
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
    generator = RowGenerator(extremes=True)
    with database.connect() as connection:
        generator.fill(connection, read_from(connection), rows)
    return generator


def test_every_type_gets_values(database: Database) -> None:
    database.execute(MANY_TYPES)
    assert fill(database).refused == {}
    assert database.execute("SELECT count(*), count(DISTINCT ah), count(DISTINCT y) FROM wide") == [
        (ROWS, 3, 3)
    ]
    assert database.execute("SELECT count(maybe) > 0, count(maybe) < count(*) FROM wide") == [
        (True, True)
    ]


def test_foreign_keys_find_their_parents(database: Database) -> None:
    database.execute(FAMILY)
    generator = fill(database)
    assert generator.refused == {}
    counts = database.execute(
        "SELECT (SELECT count(*) FROM city), (SELECT count(DISTINCT (country, city)) FROM person),"
        " (SELECT count(*) FROM passport), (SELECT count(*) FROM log.visit)"
    )
    assert counts == [(ROWS, ROWS, ROWS, ROWS)]


def test_many_rows_find_their_parents_in_time(database: Database) -> None:
    database.execute(
        "CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);"
        "CREATE TABLE b (code text PRIMARY KEY);"
        "CREATE TABLE c (a bigint NOT NULL UNIQUE REFERENCES a, b text NOT NULL REFERENCES b,"
        " id int PRIMARY KEY, above int REFERENCES c)"
    )
    generator = RowGenerator(extremes=True)
    with database.connect() as connection:
        # A walk through the parents for each row takes minutes.
        connection.execute("SET statement_timeout = '5s'")
        generator.fill(connection, read_from(connection), 20_000)
    assert generator.refused == {}
    assert database.execute("SELECT count(*), count(DISTINCT b) FROM c") == [(20_000, 20_000)]


def test_keys_that_share_a_column_and_a_partitioned_parent(database: Database) -> None:
    database.execute(
        "CREATE TABLE tenant (id int PRIMARY KEY);"
        "CREATE TABLE member (tenant int REFERENCES tenant, id int, PRIMARY KEY (tenant, id))"
        " PARTITION BY HASH (tenant);"
        "CREATE TABLE member_0 PARTITION OF member FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
        "CREATE TABLE member_1 PARTITION OF member FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
        'CREATE TABLE "odd.note" (tenant int NOT NULL, member int NOT NULL,'
        " FOREIGN KEY (tenant, member) REFERENCES member, FOREIGN KEY (tenant) REFERENCES tenant)"
    )
    assert fill(database).refused == {}
    assert database.execute('SELECT count(DISTINCT (tenant, member)) FROM "odd.note"') == [(ROWS,)]


def test_plain_rows_bear_not_null_and_narrower_types(database: Database) -> None:
    database.execute("CREATE TABLE item (a text, b numeric(12, 2), c bigint, d varchar(40))")
    with database.connect() as connection:
        catalog = read_from(connection)
        RowGenerator(extremes=False).fill(connection, catalog, 10_000)
    database.execute(
        "ALTER TABLE item ALTER a SET NOT NULL, ALTER a TYPE varchar(10),"
        " ALTER b TYPE numeric(3, 2), ALTER c TYPE smallint, ALTER d TYPE varchar(10)"
    )


def test_a_table_with_rows_may_be_left_alone(database: Database) -> None:
    database.execute("CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO a VALUES (7)")
    with database.connect() as connection:
        catalog = read_from(connection)
        RowGenerator(extremes=False).fill(connection, catalog, ROWS, only_empty=True)
    counts = database.execute("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)")
    assert counts == [(1, ROWS)]


def test_a_table_that_gives_itself_everything_is_filled(database: Database) -> None:
    database.execute("CREATE TABLE ticket (id serial, at timestamptz DEFAULT now())")
    fill(database)
    assert database.execute("SELECT count(*) FROM ticket") == [(ROWS,)]


def test_rows_can_be_added_again(database: Database) -> None:
    database.execute(MANY_TYPES)
    generator = fill(database)
    with database.connect() as connection:
        generator.fill(connection, read_from(connection), 5)
    assert generator.refused == {}
    assert database.execute("SELECT count(*) FROM wide") == [(ROWS + 5,)]


def test_parents_come_first_and_circles_end(database: Database) -> None:
    database.execute(
        "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int"
        " REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;" + FAMILY
    )
    with database.connect() as connection:
        tables = read_from(connection).insertable()
        order = [table.name for table in parents_first(tables)]
    assert sorted(order) == ["a", "b", "city", "country", "log.visit", "passport", "person"]
    assert order.index("country") < order.index("city") < order.index("person")
    assert order.index("person") < order.index("log.visit")


@pytest.mark.parametrize(
    "columns",
    [
        "name text NOT NULL CHECK (name <> '')",
        "kind varchar(20) NOT NULL CHECK (kind <> 'legacy')",
        "kind text NOT NULL CHECK (kind NOT IN ('old', 'legacy'))",
        "kind varchar(20) NOT NULL CHECK (kind IN ('a]', 'it''s'))",
        "kind text NOT NULL CHECK (kind = 'a' OR kind = 'b')",
        "number int NOT NULL CHECK (number IN (-1, 2))",
        "rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5)",
        "rate numeric(5, 4) NOT NULL CHECK (rate >= 0 AND rate <= 1)",
        "year int NOT NULL CHECK (year > 1900)",
        "email text NOT NULL UNIQUE CHECK (email LIKE '%@%')",
        "moods mood[] NOT NULL",
        "span tsrange NOT NULL",
        "spans int4multirange NOT NULL",
        "at pair NOT NULL",
        "at pair[] NOT NULL",
        "size size NOT NULL",
        "share share NOT NULL CHECK (share < 20)",
        "starts date NOT NULL, ends date NOT NULL, CHECK (ends > starts)",
        "starts timestamptz NOT NULL, ends timestamptz NOT NULL, CHECK (ends > starts)",
        "low int NOT NULL, high int NOT NULL, CHECK (high > low)",
        "age interval year NOT NULL, rest interval day to second(3) NOT NULL",
        "ways path[] NOT NULL, spells spellmultirange NOT NULL",
        "code text NOT NULL DEFAULT '' UNIQUE",
    ],
)
def test_ordinary_columns_are_filled(database: Database, columns: str) -> None:
    database.execute(
        "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TYPE pair AS (a int, b mood);"
        "CREATE DOMAIN size AS text CHECK (VALUE IN ('S', 'M', 'L'));"
        "CREATE DOMAIN share AS numeric(5, 2) CHECK (VALUE >= 10);"
        "CREATE TYPE spellrange AS RANGE (subtype = time);"
        f"CREATE TABLE ordinary (id bigint GENERATED ALWAYS AS IDENTITY, {columns})"
    )
    assert fill(database).refused == {}
    assert database.execute("SELECT count(*) FROM ordinary") == [(ROWS,)]


def test_some_rows_reach_the_limits_of_their_types(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (a varchar(255) NOT NULL UNIQUE, b numeric(12, 4) NOT NULL UNIQUE,"
        " c bigint NOT NULL UNIQUE, d int NOT NULL UNIQUE, e timestamptz NOT NULL UNIQUE,"
        " f text NOT NULL CHECK (length(f) < 60), g int NOT NULL CHECK (g < 1000),"
        " h time(3) NOT NULL, i numeric(38, 18) NOT NULL)"
    )
    assert fill(database).refused == {}
    assert database.execute(
        "SELECT count(*), max(length(a)), max(b) > 98765432, max(c) > 2147483647,"
        " max(d) > 32767, bool_or(extract(microseconds FROM e)::bigint % 1000 <> 0),"
        " bool_or(extract(microseconds FROM h)::bigint % 1000000 <> 0),"
        " max(i) > 98765432109876543210.98 FROM item"
    ) == [(ROWS, 255, *[True] * 6)]


@pytest.mark.parametrize("deferrable", ["", "DEFERRABLE INITIALLY DEFERRED"])
def test_circles_are_filled(database: Database, deferrable: str) -> None:
    database.execute(
        "CREATE TABLE team (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead int NOT NULL);"
        "CREATE TABLE member (id serial PRIMARY KEY,"
        f" team bigint NOT NULL REFERENCES team {deferrable});"
        f"ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES member {deferrable};"
        f"CREATE TABLE node (id uuid PRIMARY KEY, root uuid NOT NULL REFERENCES node {deferrable})"
    )
    assert fill(database).refused == {}
    database.execute("ALTER TABLE team DROP CONSTRAINT team_lead_fkey")
    # Found to be true of all rows.
    database.execute("ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES member")
    assert database.execute(
        "SELECT (SELECT count(*) FROM team), (SELECT count(*) FROM member),"
        " (SELECT count(*) FROM node), (SELECT count(*) FROM node a JOIN node b ON b.id = a.root)"
    ) == [(ROWS, ROWS, ROWS, ROWS)]


def test_a_circle_that_cannot_be_filled_leaves_the_other_tables_alone(database: Database) -> None:
    database.execute(
        "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL, v text NOT NULL CHECK (v ~ '^x+$'));"
        "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a);"
        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; CREATE TABLE c (id int PRIMARY KEY)"
    )
    assert sorted(fill(database).refused) == ["a", "b"]
    assert database.execute(
        "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM c)"
    ) == [(0, 0, ROWS)]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (
            "CREATE TABLE odd (id int PRIMARY KEY, v text CHECK (v ~ '^x+$') NOT NULL)",
            "odd_v_check",
        ),
        ("CREATE TYPE pair AS (a int, b path); CREATE TABLE odd (v pair NOT NULL)", "type pair"),
    ],
)
def test_a_table_that_cannot_be_filled_is_named(
    database: Database, table: str, reason: str
) -> None:
    database.execute(table)
    (refusal,) = fill(database).refused.values()
    note = str(refusal)
    assert note.startswith("odd was given no rows: ")
    assert reason in note
