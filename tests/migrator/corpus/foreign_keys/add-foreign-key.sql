-- case: foreign key
-- expect: unsafe add-foreign-key
-- setup:
CREATE INDEX users_account_idx ON users (account_id);
-- statement:
ALTER TABLE users ADD CONSTRAINT users_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id);
-- case: foreign key NOT VALID, then VALIDATE
-- expect: safe
-- setup:
CREATE INDEX users_account_idx ON users (account_id);
-- statement:
ALTER TABLE users ADD CONSTRAINT users_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_account_fkey;
