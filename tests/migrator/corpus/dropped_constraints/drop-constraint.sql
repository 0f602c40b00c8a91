-- case: check
-- expect: unsafe drop-constraint
ALTER TABLE orders DROP CONSTRAINT orders_total_check;
-- case: check that has served its SET NOT NULL
-- expect: safe
-- blind: unsafe drop-constraint
-- setup:
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL);
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- statement:
ALTER TABLE users DROP CONSTRAINT email_set;
