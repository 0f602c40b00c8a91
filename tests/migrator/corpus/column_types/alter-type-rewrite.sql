-- case: integer to bigint
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: text to varchar(n)
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN email TYPE varchar(200);
-- case: varchar made shorter
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(40);
-- case: numeric with another scale
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN balance TYPE numeric(12, 4);
-- case: integer to text
-- expect: unsafe alter-type-rewrite
alter table users alter column age type text using age::text;
-- case: char(n) made wider
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN code TYPE character(20);
-- case: USING with an expression
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(50) USING upper(name);
-- case: type of a column that exists and is not added
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ADD COLUMN IF NOT EXISTS age bigint;
ALTER TABLE users ALTER COLUMN age TYPE bigint;
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
