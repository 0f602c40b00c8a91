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
-- case: key replaced by an index in one statement
-- expect: info drop-constraint
-- blind: caution drop-constraint
-- setup:
ALTER TABLE users ADD CONSTRAINT named UNIQUE (id, name);
CREATE UNIQUE INDEX users_name_idx ON users (id, name, age);
-- statement:
ALTER TABLE users DROP CONSTRAINT named, ADD CONSTRAINT named UNIQUE USING INDEX users_name_idx;
-- case: check added again in another transaction
-- expect: caution drop-constraint
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_total_check;
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total > -10) NOT VALID;
-- case: another check added
-- expect: unsafe drop-constraint
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_total_check;
ALTER TABLE orders ADD CONSTRAINT total_check CHECK (total > -10) NOT VALID;
