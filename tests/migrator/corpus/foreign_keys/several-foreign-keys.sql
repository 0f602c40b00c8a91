-- case: two foreign keys in one transaction
-- expect: caution several-foreign-keys
-- setup:
ALTER TABLE users ADD COLUMN order_id bigint;
-- statement:
BEGIN;
ALTER TABLE users ADD CONSTRAINT a FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;
ALTER TABLE users ADD CONSTRAINT b FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
COMMIT;
-- case: two foreign keys in one statement
-- expect: caution several-foreign-keys
ALTER TABLE users
    ADD CONSTRAINT a FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID,
    ADD CONSTRAINT b FOREIGN KEY (age) REFERENCES orders (id) NOT VALID;
-- case: two foreign keys to one table
-- expect: safe
-- setup:
ALTER TABLE users ADD COLUMN payer_id bigint;
CREATE INDEX users_account_idx ON users (account_id);
CREATE INDEX users_payer_idx ON users (payer_id);
-- statement:
BEGIN;
ALTER TABLE users ADD CONSTRAINT a FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;
ALTER TABLE users ADD CONSTRAINT b FOREIGN KEY (payer_id) REFERENCES accounts (id) NOT VALID;
COMMIT;
