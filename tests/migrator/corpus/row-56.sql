-- case: update under a strong lock
-- expect: unsafe work-under-lock
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
UPDATE users SET nickname = name;
COMMIT;
-- case: two tables in one transaction
-- expect: caution work-under-lock
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE accounts ADD COLUMN nickname text;
COMMIT;
-- case: two changes of one table
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE users ADD COLUMN title text;
COMMIT;
