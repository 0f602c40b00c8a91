-- case: begin twice
-- expect: unsafe nested-transaction
-- trace: no, PostgreSQL only warns
BEGIN;
BEGIN;
COMMIT;
-- case: begin once more after commit
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
BEGIN;
ALTER TABLE accounts ADD COLUMN nickname text;
COMMIT;
