-- case: never committed
-- expect: unsafe uncommitted-transaction
-- trace: no, its effects are rolled back
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
-- case: committed
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
