-- case: a check uses the column
-- expect: unsafe alter-type-check
-- blind: unsafe alter-type-rewrite
ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 2);
-- case: a check uses another column
-- expect: safe
-- blind: unsafe alter-type-rewrite
-- setup:
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200);
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
