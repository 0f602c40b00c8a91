-- case: enforced
-- expect: unsafe enforce-constraint
-- since: 18
-- setup:
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey NOT ENFORCED;
-- statement:
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey ENFORCED;
-- case: deferrable
-- expect: safe
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey DEFERRABLE;
