-- case: concurrently in a transaction
-- expect: unsafe concurrently-in-transaction
-- fails: CREATE INDEX CONCURRENTLY cannot run inside a transaction block
BEGIN;
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
COMMIT;
-- case: concurrently in a DO block
-- expect: unsafe concurrently-in-transaction
-- fails: CREATE INDEX CONCURRENTLY cannot
DO $$ BEGIN CREATE INDEX CONCURRENTLY users_age_idx ON users (age); END $$;
-- case: concurrently after a transaction
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
CREATE INDEX CONCURRENTLY users_nickname_idx ON users (nickname);
