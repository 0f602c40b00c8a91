-- case: rename
-- expect: unsafe rename-column
ALTER TABLE users RENAME COLUMN name TO full_name;
-- case: behind a view that keeps the old name
-- expect: safe
BEGIN;
ALTER TABLE users RENAME TO users_data;
ALTER TABLE users_data RENAME COLUMN name TO full_name;
CREATE VIEW users AS SELECT *, full_name AS name FROM users_data;
COMMIT;
