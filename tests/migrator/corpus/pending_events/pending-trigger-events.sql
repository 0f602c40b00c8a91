-- case: update of a column under a deferred key
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
UPDATE users SET account_id = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: the same, of a file
-- expect: unsafe pending-trigger-events
-- fails: cannot CREATE INDEX "pages" because it has pending trigger events
BEGIN;
CREATE TABLE pages (id bigint PRIMARY KEY, up bigint REFERENCES pages DEFERRABLE INITIALLY DEFERRED);
INSERT INTO pages VALUES (1, 1);
CREATE INDEX ON pages (up);
COMMIT;
-- case: insert, then a default
-- expect: unsafe pending-trigger-events
-- blind: caution
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
INSERT INTO users (id, account_id) VALUES (1000, 1);
ALTER TABLE users ALTER COLUMN age SET DEFAULT 1;
COMMIT;
-- case: delete on the referenced side
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
INSERT INTO accounts VALUES (500, 'x');
DELETE FROM accounts WHERE id = 500;
ALTER TABLE accounts ADD COLUMN note text;
COMMIT;
-- case: key that follows its referenced row
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
UPDATE accounts SET id = 500 WHERE id = 1;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: truncate after an update of the key
-- expect: unsafe pending-trigger-events
-- blind: unsafe truncate
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
UPDATE users SET account_id = 1 WHERE id = 7;
TRUNCATE users CASCADE;
COMMIT;
-- case: drop after an update of the key, in a contract file
-- expect: unsafe pending-trigger-events
-- blind: caution
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
-- migrator: phase contract
BEGIN;
UPDATE users SET account_id = 1 WHERE id = 7;
DROP TABLE users CASCADE;
COMMIT;
-- case: key that is deferred for this transaction
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
UPDATE users SET account_id = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: deferred constraint trigger
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN null; END';
CREATE CONSTRAINT TRIGGER noted AFTER UPDATE OF age ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
-- statement:
BEGIN;
UPDATE users SET age = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: deferred unique key
-- expect: unsafe pending-trigger-events
-- blind: unsafe whole-table-write
-- fails: because it has pending trigger events
-- setup:
CREATE TABLE none ();
UPDATE users SET age = id;
ALTER TABLE users ADD CONSTRAINT users_age UNIQUE (age) DEFERRABLE INITIALLY DEFERRED;
-- statement:
BEGIN;
UPDATE users SET age = 1 + age;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: insert into a partition, then a change of all its parts
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE events ADD COLUMN account_id bigint DEFAULT 1 REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON events (account_id);
-- statement:
BEGIN;
INSERT INTO events_2025 VALUES (1, '2025-03-03');
ALTER TABLE events ADD COLUMN note text;
COMMIT;
-- case: update through a view
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
CREATE VIEW lnk AS SELECT id, account_id FROM users;
-- statement:
BEGIN;
UPDATE lnk SET account_id = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: update in a block
-- expect: unsafe pending-trigger-events
-- blind: safe
-- fails: because it has pending trigger events
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
DO $$ BEGIN UPDATE users SET account_id = 1 WHERE id = 7; END $$;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: update of another column
-- expect: safe
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
UPDATE users SET age = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: key checked before
-- expect: safe
-- trace: no, its check reads the other table
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
UPDATE users SET account_id = 1 WHERE id = 7;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: key that is immediate for this transaction
-- expect: safe
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
SET CONSTRAINTS users_account IMMEDIATE;
UPDATE users SET account_id = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: update in a transaction of its own
-- expect: safe
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
UPDATE users SET account_id = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
-- case: update that is rolled back
-- expect: safe
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
SAVEPOINT s;
UPDATE users SET account_id = 1 WHERE id = 7;
ROLLBACK TO s;
ALTER TABLE users ADD COLUMN note text;
COMMIT;
-- case: delete of referencing rows, and a key that is not deferred
-- expect: caution
-- setup:
DELETE FROM orders WHERE user_id = 7;
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
DELETE FROM users WHERE id = 7;
UPDATE orders SET user_id = 1 WHERE id = 7;
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
-- case: what needs no table for itself
-- expect: safe
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
UPDATE users SET account_id = 1 WHERE id = 7;
COMMENT ON TABLE users IS 'x';
CREATE STATISTICS s ON id, age FROM users;
COMMIT;
-- case: rename after an update of the key
-- expect: unsafe rename-column
-- setup:
ALTER TABLE users ADD CONSTRAINT users_account FOREIGN KEY (account_id) REFERENCES accounts DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ON users (account_id);
-- statement:
BEGIN;
UPDATE users SET account_id = 1 WHERE id = 7;
ALTER TABLE users RENAME COLUMN age TO years;
COMMIT;
