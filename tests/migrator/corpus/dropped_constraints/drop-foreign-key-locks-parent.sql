-- case: column of a foreign key
-- expect: unsafe drop-column drop-foreign-key-locks-parent
-- blind: unsafe drop-column
ALTER TABLE orders DROP COLUMN user_id;
-- case: column of a foreign key, in a contract file
-- expect: caution drop-foreign-key-locks-parent
-- blind: safe
-- migrator: phase contract
ALTER TABLE orders DROP COLUMN user_id;
-- case: column that a foreign key references, with CASCADE
-- expect: unsafe drop-column drop-foreign-key-locks-parent
-- blind: unsafe drop-column
ALTER TABLE users DROP COLUMN id CASCADE;
-- case: foreign key
-- expect: unsafe drop-constraint drop-foreign-key-locks-parent
ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;
-- case: key that a foreign key references, with CASCADE
-- expect: unsafe drop-constraint drop-foreign-key-locks-parent
ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;
-- case: unique constraint that nothing references, in a contract file
-- expect: info drop-constraint
-- blind: caution drop-foreign-key-locks-parent
-- setup:
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP CONSTRAINT users_email_key;
