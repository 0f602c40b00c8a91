-- case: varchar made wider
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
-- case: varchar to text
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE text;
-- case: varchar to varchar without a limit
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar;
-- case: text to varchar without a limit, with its index
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN email TYPE varchar;
-- case: numeric with more digits and the same scale
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN balance TYPE numeric(14, 2);
-- case: numeric without limits
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN balance TYPE numeric;
-- case: cidr to inet
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN network TYPE inet;
-- case: timestamp to timestamptz in UTC, without an index
-- expect: safe
-- blind: unsafe alter-type-rewrite
-- setup:
DROP INDEX users_created_idx;
-- statement:
ALTER TABLE users ALTER COLUMN created TYPE timestamptz;
-- case: timestamp to timestamptz in UTC, with an index
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN created TYPE timestamptz;
-- case: timestamp to timestamptz elsewhere
-- expect: unsafe alter-type-rewrite
BEGIN;
SET LOCAL TimeZone = 'Europe/Berlin';
ALTER TABLE users ALTER COLUMN created TYPE timestamptz;
COMMIT;
-- case: varchar made wider in the same file
-- expect: safe
CREATE TABLE labels (id bigint PRIMARY KEY, title varchar(20));
ALTER TABLE labels ALTER COLUMN title TYPE varchar(80);
-- case: varchar made wider with USING
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(80) USING name::varchar(80);
-- case: varchar made wider under a partial index
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE INDEX users_name_idx ON users (name) WHERE age > 18;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
-- case: varchar made wider that the WHERE of an index reads
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE INDEX users_age_idx ON users (age) WHERE name IS NOT NULL;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
-- case: varchar made wider under an index over an expression
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE INDEX users_name_idx ON users (lower(name));
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
-- case: varchar made wider under an index of this file
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
CREATE INDEX CONCURRENTLY users_name_idx ON users (lower(name));
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
-- case: varchar made wider beside a partial index
-- expect: safe
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE INDEX users_age_idx ON users (age) WHERE age > 18;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
-- case: another collation under an index
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN email TYPE text COLLATE "C";
-- case: another collation without an index
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(50) COLLATE "C";
-- case: USING with a cast to another type
-- expect: unsafe alter-type-rewrite
-- setup:
UPDATE users SET name = id;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE text USING name::int;
-- case: interval without its smaller fields
-- expect: unsafe alter-type-rewrite
-- setup:
ALTER TABLE users ADD COLUMN pause interval DEFAULT '1 year 2 days';
-- statement:
ALTER TABLE users ALTER COLUMN pause TYPE interval year;
-- case: interval with all fields
-- expect: safe
-- blind: unsafe alter-type-rewrite
-- setup:
ALTER TABLE users ADD COLUMN pause interval day to second(3) DEFAULT '2 days';
-- statement:
ALTER TABLE users ALTER COLUMN pause TYPE interval;
-- case: timestamp with digits to timestamptz with as many, in UTC
-- expect: unsafe alter-type-rewrite
-- setup:
ALTER TABLE users ADD COLUMN seen timestamp(3) DEFAULT now();
-- statement:
ALTER TABLE users ALTER COLUMN seen TYPE timestamptz(3);
-- case: timestamp with all of its digits
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN created TYPE timestamp(6);
-- case: bit to varbit, with an index
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
-- setup:
ALTER TABLE users ADD COLUMN flags bit(5) DEFAULT B'10101';
CREATE INDEX users_flags_idx ON users (flags);
-- statement:
ALTER TABLE users ALTER COLUMN flags TYPE bit varying;
-- case: a domain without a constraint, and back
-- expect: safe
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE TABLE years AS SELECT g AS id, g AS year FROM generate_series(1, 100) g;
CREATE INDEX ON years (year);
-- statement:
CREATE DOMAIN year AS integer;
ALTER TABLE years ALTER COLUMN year TYPE year;
ALTER TABLE years ALTER COLUMN year TYPE integer;
-- case: a domain with a constraint, and back
-- expect: unsafe alter-type-rewrite
-- setup:
CREATE DOMAIN year AS integer CHECK (value > 0);
CREATE TABLE years AS SELECT g AS id, g AS year FROM generate_series(1, 100) g;
-- statement:
ALTER TABLE years ALTER COLUMN year TYPE year;
ALTER TABLE years ALTER COLUMN year TYPE integer;
