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
-- case: joined with another table
-- expect: unsafe whole-table-write
UPDATE users SET email = 'x' FROM accounts WHERE users.account_id = accounts.id;
-- case: rows added to a table with a foreign key
-- expect: safe
INSERT INTO orders SELECT id + 1000, id, 1 FROM users WHERE id < 10;
-- case: rows removed from a table that is referenced
-- expect: safe
-- setup:
INSERT INTO users (id) VALUES (1000), (1001);
-- statement:
DELETE FROM users WHERE id IN (1000, 1001);
