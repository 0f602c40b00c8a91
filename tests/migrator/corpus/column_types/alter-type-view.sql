-- case: a view reads the column
-- expect: unsafe alter-type-view
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a view or rule
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE text;
-- case: a view reads another column
-- expect: safe
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE VIEW addresses AS SELECT id, email FROM users;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
