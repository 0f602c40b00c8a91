-- case: an UPDATE sets it
-- expect: unsafe write-generated-refused
-- fails: column "b" can only be updated to DEFAULT
CREATE TABLE sums (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
UPDATE sums SET b = 2 WHERE a = 1;
-- case: an INSERT into a server's table gives a value
-- expect: unsafe write-generated-refused
-- blind: safe
-- fails: cannot insert a non-DEFAULT value into column "b"
-- setup:
CREATE TABLE sums (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
-- statement:
INSERT INTO sums (a, b) VALUES (1, DEFAULT), (2, 3);
-- case: an INSERT of a query's rows
-- expect: unsafe write-generated-refused
-- fails: cannot insert a non-DEFAULT value into column "b"
CREATE TABLE sums (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
INSERT INTO sums (a, b) SELECT 1, 2;
-- case: DEFAULT, and the other columns
-- expect: safe
CREATE TABLE sums (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
INSERT INTO sums (a, b) VALUES (1, DEFAULT), (2, DEFAULT);
UPDATE sums SET b = DEFAULT, a = 2 WHERE a = 1;
INSERT INTO sums DEFAULT VALUES;
