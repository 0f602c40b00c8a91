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
-- case: another schema behind a view
-- expect: safe
-- setup:
CREATE SCHEMA crm;
-- statement:
BEGIN;
ALTER TABLE users SET SCHEMA crm;
CREATE VIEW users AS SELECT * FROM crm.users;
COMMIT;
-- case: rename with a view that cannot be written
-- expect: unsafe rename-table
BEGIN;
ALTER TABLE users RENAME TO people;
CREATE VIEW users AS SELECT people.*, accounts.name AS account FROM people JOIN accounts ON accounts.id = account_id;
COMMIT;
-- case: rename with a view that aggregates
-- expect: unsafe rename-table
BEGIN;
ALTER TABLE accounts RENAME TO clients;
CREATE VIEW accounts AS SELECT max(id) AS id, max(name) AS name FROM clients;
COMMIT;
-- case: rename with a view of a part
-- expect: unsafe rename-table
BEGIN;
ALTER TABLE accounts RENAME TO clients;
CREATE VIEW accounts AS SELECT id, name FROM clients LIMIT 10;
COMMIT;
-- case: rename with a view that lacks a column
-- expect: unsafe rename-table
-- blind: safe
BEGIN;
ALTER TABLE accounts RENAME TO clients;
CREATE VIEW accounts AS SELECT id FROM clients;
COMMIT;
-- case: rename with a view of all columns by name
-- expect: safe
BEGIN;
ALTER TABLE accounts RENAME TO clients;
CREATE VIEW accounts AS SELECT id, name FROM clients WHERE id > 0;
COMMIT;
-- case: two tables change places
-- expect: caution rename-table
-- setup:
CREATE TABLE users_new (LIKE users);
-- statement:
BEGIN;
ALTER TABLE users RENAME TO users_old;
ALTER TABLE users_new RENAME TO users;
COMMIT;
