-- case: update without WHERE
-- expect: unsafe whole-table-write
UPDATE users SET age = 1;
-- case: update WHERE .. IS NULL
-- expect: unsafe whole-table-write
UPDATE users SET age = 1 WHERE age IS NULL;
-- case: delete without WHERE
-- expect: unsafe whole-table-write
DELETE FROM orders;
-- case: one batch
-- expect: safe
UPDATE users SET age = 1 WHERE id BETWEEN 1 AND 100;
-- case: hidden in a CTE
-- expect: unsafe whole-table-write
WITH gone AS (DELETE FROM orders RETURNING id) SELECT count(*) FROM gone;
-- case: one batch by LIMIT
-- expect: safe
UPDATE users SET age = 1 WHERE id IN (SELECT id FROM users WHERE age IS NULL LIMIT 100);
