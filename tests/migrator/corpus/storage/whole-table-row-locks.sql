-- case: all rows
-- expect: unsafe whole-table-row-locks
BEGIN;
SELECT u.id FROM users u JOIN accounts a ON a.id = u.account_id FOR UPDATE OF u;
COMMIT;
-- case: all that hold nothing
-- expect: unsafe whole-table-row-locks
BEGIN;
SELECT id FROM users WHERE email IS NULL FOR SHARE;
COMMIT;
-- case: a batch, one row, keys alone, and a statement by itself
-- expect: safe
BEGIN;
SELECT id FROM users WHERE age IS NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED;
SELECT id FROM users WHERE id = 5 FOR UPDATE;
SELECT id FROM users FOR KEY SHARE;
COMMIT;
SELECT id FROM users FOR UPDATE;
