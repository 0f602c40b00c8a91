-- case: copied and swapped
-- expect: unsafe copy-loses-writes
BEGIN;
CREATE TABLE accounts_new (LIKE accounts INCLUDING ALL);
INSERT INTO accounts_new SELECT * FROM accounts;
ALTER TABLE accounts RENAME TO accounts_old;
ALTER TABLE accounts_new RENAME TO accounts;
COMMIT;
-- case: copied and swapped, each in a transaction of its own
-- expect: unsafe copy-loses-writes
CREATE TABLE accounts_new AS SELECT id, name FROM accounts;
BEGIN;
DROP TABLE accounts;
ALTER TABLE accounts_new RENAME TO accounts;
COMMIT;
-- case: copied under a lock that keeps writes away
-- expect: unsafe work-under-lock
BEGIN;
LOCK TABLE accounts IN SHARE MODE;
CREATE TABLE accounts_new (LIKE accounts INCLUDING ALL);
INSERT INTO accounts_new SELECT * FROM accounts;
ALTER TABLE accounts RENAME TO accounts_old;
ALTER TABLE accounts_new RENAME TO accounts;
COMMIT;
-- case: kept in step by a trigger
-- expect: unsafe function-names-object
-- blind: caution rename-table
-- setup:
CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO accounts_new VALUES (NEW.*) ON CONFLICT DO NOTHING; RETURN NEW; END $$;
-- statement:
CREATE TABLE accounts_new (LIKE accounts INCLUDING ALL);
CREATE TRIGGER follow AFTER INSERT OR UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION follow();
INSERT INTO accounts_new SELECT * FROM accounts ON CONFLICT DO NOTHING;
BEGIN;
ALTER TABLE accounts RENAME TO accounts_old;
ALTER TABLE accounts_new RENAME TO accounts;
COMMIT;
-- case: copied to a table beside it
-- expect: safe
CREATE TABLE accounts_backup AS SELECT * FROM accounts;
