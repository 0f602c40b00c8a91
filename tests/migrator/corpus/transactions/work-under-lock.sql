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
-- case: validation under the lock of another change
-- expect: unsafe work-under-lock
-- setup:
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
-- statement:
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE users VALIDATE CONSTRAINT age_sane;
COMMIT;
-- case: validation behind another change in one ALTER TABLE
-- expect: unsafe work-under-lock
-- setup:
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
-- statement:
ALTER TABLE users ADD COLUMN nickname text, VALIDATE CONSTRAINT age_sane;
-- case: validation before another change in one ALTER TABLE
-- expect: unsafe work-under-lock
-- setup:
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
-- statement:
ALTER TABLE users VALIDATE CONSTRAINT age_sane, ADD COLUMN nickname text;
-- case: validation under LOCK TABLE
-- expect: unsafe work-under-lock
-- setup:
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
-- statement:
BEGIN;
LOCK TABLE users;
ALTER TABLE users VALIDATE CONSTRAINT age_sane;
COMMIT;
-- case: validation under the lock of another table
-- expect: unsafe work-under-lock
-- setup:
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
-- statement:
BEGIN;
ALTER TABLE accounts ADD COLUMN nickname text;
ALTER TABLE users VALIDATE CONSTRAINT age_sane;
COMMIT;
-- case: table copied under a strong lock
-- expect: unsafe work-under-lock
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
CREATE TABLE old_orders AS SELECT * FROM orders;
COMMIT;
-- case: structure of a table copied under a strong lock
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
CREATE TABLE old_orders AS SELECT * FROM orders WITH NO DATA;
COMMIT;
-- case: materialized view filled under a strong lock
-- expect: unsafe work-under-lock
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) FROM orders GROUP BY user_id;
COMMIT;
-- case: rows copied in under a strong lock
-- expect: unsafe work-under-lock
-- trace: no, COPY waits for rows from the client
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
COPY accounts FROM STDIN;
COMMIT;
