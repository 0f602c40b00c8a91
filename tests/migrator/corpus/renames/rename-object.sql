-- case: rename of a view
-- expect: unsafe rename-object
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
ALTER VIEW names RENAME TO people;
-- case: statistics
-- expect: safe
-- trace: no, the name does not tell the table, which is locked as by ANALYZE
-- setup:
CREATE STATISTICS ages (dependencies) ON age, account_id FROM users;
-- statement:
ALTER STATISTICS ages RENAME TO users_ages;
ALTER STATISTICS users_ages OWNER TO CURRENT_USER;
DROP STATISTICS IF EXISTS users_ages;
