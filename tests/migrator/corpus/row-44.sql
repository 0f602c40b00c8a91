-- case: rename of a table
-- expect: unsafe rename-table
ALTER TABLE users RENAME TO people;
-- case: rename with a view
-- expect: safe
BEGIN;
ALTER TABLE users RENAME TO people;
CREATE VIEW users AS SELECT * FROM people;
COMMIT;
-- case: another schema
-- expect: unsafe rename-table
-- setup:
CREATE SCHEMA crm;
-- statement:
ALTER TABLE users SET SCHEMA crm;
-- case: rename of a view
-- expect: unsafe rename-object
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
ALTER VIEW names RENAME TO people;
-- case: another schema behind a view
-- expect: safe
-- setup:
CREATE SCHEMA crm;
-- statement:
BEGIN;
ALTER TABLE users SET SCHEMA crm;
CREATE VIEW users AS SELECT * FROM crm.users;
COMMIT;
