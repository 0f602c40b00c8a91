-- case: column of a view
-- expect: unsafe not-a-table
-- blind: safe
-- fails: ALTER action ADD COLUMN cannot be performed on relation "people"
-- setup:
CREATE VIEW people AS SELECT id FROM users;
-- statement:
ALTER TABLE people ADD COLUMN name text;
-- case: index of a view
-- expect: unsafe not-a-table
-- blind: safe
-- fails: cannot create index on relation "people"
-- setup:
CREATE VIEW people AS SELECT id FROM users;
-- statement:
CREATE INDEX CONCURRENTLY people_id ON people (id);
-- case: index of a materialized view
-- expect: safe
-- trace: no, its lock is too brief to be seen
-- setup:
CREATE MATERIALIZED VIEW people AS SELECT id FROM users;
-- statement:
CREATE INDEX CONCURRENTLY people_id ON people (id);
