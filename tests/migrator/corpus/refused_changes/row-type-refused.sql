-- case: type of a column of a row type
-- expect: unsafe row-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter table "pair" because column "kept.was" uses its row type
-- setup:
CREATE TABLE pair (a varchar(5), b integer);
CREATE TABLE kept (id bigint, was pair[]);
-- statement:
ALTER TABLE pair ALTER COLUMN a TYPE text;
-- case: column with a default beside a row type
-- expect: unsafe row-type-refused
-- fails: cannot alter table "pair" because column "kept.was" uses its row type
CREATE TABLE pair (a integer);
CREATE TABLE kept (id bigint, was pair);
ALTER TABLE pair ADD COLUMN b integer DEFAULT 1;
-- case: column without a default, and one dropped, in a contract file
-- expect: safe
-- setup:
CREATE TABLE pair (a integer, b integer);
CREATE TABLE kept (id bigint, was pair);
-- statement:
-- migrator: phase contract
ALTER TABLE pair ADD COLUMN c integer;
ALTER TABLE pair DROP COLUMN b;
-- case: type of an attribute that a column holds
-- expect: unsafe row-type-refused
-- fails: cannot alter type "address" because column "shop.at" uses it
CREATE TYPE address AS (street varchar(5));
CREATE TABLE shop (id bigint, at address[]);
ALTER TYPE address ALTER ATTRIBUTE street TYPE text;
-- case: type of an attribute that no column holds, and a further attribute of one that is held
-- expect: safe
CREATE TYPE address AS (street varchar(5));
CREATE TYPE place AS (name text);
CREATE TABLE shop (id bigint, at place);
ALTER TYPE address ALTER ATTRIBUTE street TYPE text;
ALTER TYPE place ADD ATTRIBUTE since date;
