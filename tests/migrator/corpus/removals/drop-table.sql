-- case: table alone
-- expect: unsafe drop-table
-- setup:
CREATE TABLE plain (id bigint);
-- statement:
DROP TABLE plain;
-- case: table whose rows are the values of a column
-- expect: unsafe drop-table
-- setup:
CREATE TABLE pairs (x int, y int);
CREATE TABLE lines (ends pairs);
-- statement:
DROP TABLE pairs CASCADE;
-- case: table that the file itself makes
-- expect: safe
CREATE TABLE scratch (id bigint);
DROP TABLE scratch;
