-- case: foreign key without an index
-- expect: caution foreign-key-without-index
-- blind: info new-write-restriction
ALTER TABLE users ADD CONSTRAINT users_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;
-- case: foreign key whose column an index starts with
-- expect: safe
-- setup:
CREATE INDEX users_account_idx ON users (account_id, age);
-- statement:
ALTER TABLE users ADD CONSTRAINT users_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;
