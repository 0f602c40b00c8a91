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
-- case: LIMIT in the new value only
-- expect: unsafe whole-table-write
UPDATE users SET age = (SELECT age FROM users LIMIT 1) WHERE age IS NOT NULL;
-- case: joined with a list of values
-- expect: safe
UPDATE users SET email = v.email FROM (VALUES (1, 'a'), (2, 'b')) v (id, email) WHERE users.id = v.id;
-- case: joined with a list of values in a CTE
-- expect: safe
WITH v (id) AS (VALUES (1), (2)) UPDATE users SET age = 1 FROM v WHERE users.id = v.id;
-- case: list of values that another statement inserts
-- expect: unsafe whole-table-write
WITH added AS (INSERT INTO accounts VALUES (1000, 'x') RETURNING id) UPDATE users SET age = 1 FROM added WHERE users.age IS NULL;
-- case: merged from a list of values
-- expect: safe
-- since: 15
MERGE INTO users USING (VALUES (1, 'a')) v (id, email) ON users.id = v.id WHEN MATCHED THEN UPDATE SET email = v.email;
-- case: merged from a list of values, and all others changed
-- expect: unsafe whole-table-write
-- since: 17
MERGE INTO users USING (VALUES (1, 'a')) v (id, email) ON users.id = v.id WHEN NOT MATCHED BY SOURCE THEN UPDATE SET age = 1;
-- case: merged from a table
-- expect: unsafe whole-table-write
-- since: 15
MERGE INTO users USING accounts ON users.account_id = accounts.id WHEN MATCHED THEN UPDATE SET email = accounts.name;
-- case: explained by being done
-- expect: unsafe whole-table-write
EXPLAIN ANALYZE DELETE FROM orders;
-- case: explained only
-- expect: safe
-- trace: no, lint claims none of the weak locks that planning takes
EXPLAIN (ANALYZE false) DELETE FROM orders;
