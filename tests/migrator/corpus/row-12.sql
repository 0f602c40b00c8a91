-- case: plain column
-- expect: unsafe drop-column
ALTER TABLE users DROP COLUMN age;
-- case: column of a foreign key
-- expect: unsafe drop-column
ALTER TABLE orders DROP COLUMN user_id;
-- case: in a contract file
-- expect: safe
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
