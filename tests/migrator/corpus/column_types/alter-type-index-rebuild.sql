-- case: text to varchar without a limit, with its index
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN email TYPE varchar;
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
-- case: bit to varbit, with an index
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
-- setup:
ALTER TABLE users ADD COLUMN flags bit(5) DEFAULT B'10101';
CREATE INDEX users_flags_idx ON users (flags);
-- statement:
ALTER TABLE users ALTER COLUMN flags TYPE bit varying;
