-- case: two foreign keys in one transaction
-- expect: unsafe several-foreign-keys
-- setup:
ALTER TABLE users ADD COLUMN order_id bigint;
-- statement:
BEGIN;
ALTER TABLE users ADD CONSTRAINT a FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;
ALTER TABLE users ADD CONSTRAINT b FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
COMMIT;
-- case: drop of a table with two foreign keys
-- expect: unsafe drop-table-several-foreign-keys
-- blind: unsafe drop-table
-- setup:
CREATE TABLE links (user_id bigint REFERENCES users (id), account_id bigint REFERENCES accounts (id));
-- statement:
DROP TABLE links;
-- case: two foreign keys in one statement
-- expect: unsafe several-foreign-keys
ALTER TABLE users
    ADD CONSTRAINT a FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID,
    ADD CONSTRAINT b FOREIGN KEY (age) REFERENCES orders (id) NOT VALID;
