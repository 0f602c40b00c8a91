-- case: not enforced
-- expect: unsafe constraint-not-enforced
-- since: 18
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey NOT ENFORCED;
-- case: enforced
-- expect: unsafe enforce-constraint
-- since: 18
-- setup:
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey NOT ENFORCED;
-- statement:
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey ENFORCED;
