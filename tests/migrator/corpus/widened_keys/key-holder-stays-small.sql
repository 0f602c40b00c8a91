-- case: key that an integer column references
-- expect: unsafe key-holder-stays-small
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE TABLE plain (id integer PRIMARY KEY);
CREATE TABLE part (id bigint PRIMARY KEY, plain_id integer REFERENCES plain);
CREATE INDEX ON part (plain_id);
-- statement:
ALTER TABLE plain ALTER COLUMN id TYPE bigint;
-- case: key of the file that an integer column references
-- expect: unsafe key-holder-stays-small
CREATE TABLE plain (id integer PRIMARY KEY);
CREATE TABLE part (id bigint PRIMARY KEY, plain_id integer REFERENCES plain);
ALTER TABLE plain ALTER COLUMN id TYPE bigint;
-- case: key that a bigint column references
-- expect: unsafe alter-type-rewrite
-- setup:
CREATE TABLE plain (id integer PRIMARY KEY);
CREATE TABLE part (id bigint PRIMARY KEY, plain_id bigint REFERENCES plain);
CREATE INDEX ON part (plain_id);
-- statement:
ALTER TABLE plain ALTER COLUMN id TYPE bigint;
-- case: key after the column that references it
-- expect: unsafe alter-type-rewrite
-- setup:
CREATE TABLE plain (id integer PRIMARY KEY);
CREATE TABLE part (id bigint PRIMARY KEY, plain_id integer REFERENCES plain);
CREATE INDEX ON part (plain_id);
-- statement:
ALTER TABLE part ALTER COLUMN plain_id TYPE bigint;
ALTER TABLE plain ALTER COLUMN id TYPE bigint;
