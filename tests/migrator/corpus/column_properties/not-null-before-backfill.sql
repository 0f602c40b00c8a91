-- case: check on a column that was just added
-- expect: unsafe not-null-before-backfill
BEGIN;
ALTER TABLE users ADD COLUMN region text;
ALTER TABLE users ADD CONSTRAINT region_set CHECK (region IS NOT NULL) NOT VALID;
COMMIT;
-- case: backfill after the check
-- expect: unsafe not-null-before-backfill
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
UPDATE users SET email = '' WHERE id BETWEEN 1 AND 100;
-- case: NOT NULL NOT VALID on a column that was just added
-- expect: unsafe not-null-before-backfill
-- since: 18
BEGIN;
ALTER TABLE users ADD COLUMN region text;
ALTER TABLE users ADD CONSTRAINT region_set NOT NULL region NOT VALID;
COMMIT;
-- case: the catalog shows rows that are not filled
-- expect: unsafe not-null-before-backfill
-- blind: caution not-null-before-backfill
-- setup:
UPDATE users SET email = NULL WHERE id % 3 = 0;
ANALYZE users;
-- statement:
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
-- case: the catalog shows that every row is filled
-- expect: safe
-- blind: caution not-null-before-backfill
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
-- case: rows are not filled, under a trigger that may do anything
-- expect: caution not-null-before-backfill
-- setup:
UPDATE users SET email = NULL WHERE id % 3 = 0;
ANALYZE users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER touch AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
-- statement:
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
-- case: check of more than NULL
-- expect: unsafe not-null-before-backfill
BEGIN;
ALTER TABLE users ADD COLUMN region text;
ALTER TABLE users ADD CONSTRAINT region_set CHECK (region <> '' AND region IS NOT NULL) NOT VALID;
COMMIT;
-- case: check that lets NULL pass
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN region text;
ALTER TABLE users ADD CONSTRAINT region_set CHECK (region <> '' OR region IS NOT NULL) NOT VALID;
COMMIT;
