-- case: check in one transaction
-- expect: unsafe validate-in-same-transaction
BEGIN;
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT age_sane;
COMMIT;
-- case: foreign key in one transaction
-- expect: unsafe validate-in-same-transaction
BEGIN;
ALTER TABLE users ADD CONSTRAINT users_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_account_fkey;
COMMIT;
-- case: in one ALTER TABLE
-- expect: unsafe validate-in-same-transaction
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID, VALIDATE CONSTRAINT age_sane;
-- case: unnamed check
-- expect: unsafe validate-in-same-transaction
BEGIN;
ALTER TABLE users ADD CHECK (age < 200) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_age_check;
COMMIT;
-- case: unnamed check of two columns
-- expect: unsafe validate-in-same-transaction
BEGIN;
ALTER TABLE users ADD CHECK (age < account_id + 200) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_check;
COMMIT;
-- case: check in two transactions
-- expect: safe
BEGIN;
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE users VALIDATE CONSTRAINT age_sane;
COMMIT;
