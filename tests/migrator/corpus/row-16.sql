-- case: a check uses the column
-- expect: unsafe alter-type-check
-- blind: unsafe alter-type-rewrite
ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 2);
-- case: a view reads the column
-- expect: unsafe alter-type-view
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a view or rule
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE text;
