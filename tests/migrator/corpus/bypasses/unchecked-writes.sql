-- case: rows without their parents
-- expect: unsafe unchecked-writes
SET session_replication_role = replica;
INSERT INTO orders (id, user_id) VALUES (5000, 9999);
RESET session_replication_role;
-- case: within one transaction
-- expect: unsafe unchecked-writes
BEGIN;
SET LOCAL session_replication_role = 'replica';
DELETE FROM users WHERE id = 5;
COMMIT;
-- case: nothing written before it is reset, and other values
-- expect: safe
SET session_replication_role = replica;
SET session_replication_role = origin;
DELETE FROM orders WHERE id = 5;
