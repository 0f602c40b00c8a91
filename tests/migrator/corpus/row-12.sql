-- case: plain column
-- expect: unsafe drop-column
ALTER TABLE users DROP COLUMN age;
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
-- case: in a contract file
-- expect: safe
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
