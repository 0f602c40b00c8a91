-- case: foreign key
-- expect: unsafe drop-constraint drop-foreign-key-locks-parent
ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;
-- case: key that a foreign key references, with CASCADE
-- expect: unsafe drop-constraint drop-foreign-key-locks-parent
ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;
-- case: check
-- expect: unsafe drop-constraint
ALTER TABLE orders DROP CONSTRAINT orders_total_check;
