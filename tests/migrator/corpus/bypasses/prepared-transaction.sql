-- case: prepared
-- expect: unsafe prepared-transaction
-- fails: prepared transactions are disabled
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
PREPARE TRANSACTION 'change';
-- case: committed, and a statement that is prepared
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
PREPARE names AS SELECT name FROM users;
