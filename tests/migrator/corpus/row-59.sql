-- case: begin twice
-- expect: unsafe nested-transaction
-- trace: no, PostgreSQL only warns
BEGIN;
BEGIN;
COMMIT;
-- case: never committed
-- expect: unsafe uncommitted-transaction
-- trace: no, its effects are rolled back
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
