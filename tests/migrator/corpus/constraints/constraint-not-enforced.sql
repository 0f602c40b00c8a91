-- case: not enforced
-- expect: unsafe constraint-not-enforced
-- since: 18
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey NOT ENFORCED;
-- case: deferred
-- expect: safe
ALTER TABLE orders ALTER CONSTRAINT orders_user_id_fkey DEFERRABLE INITIALLY DEFERRED;
