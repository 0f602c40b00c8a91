-- case: nullable reference
-- expect: unsafe add-column-references
ALTER TABLE users ADD COLUMN owner_id bigint REFERENCES accounts (id);
-- case: reference with a default
-- expect: unsafe add-column-references
ALTER TABLE users ADD COLUMN owner_id bigint DEFAULT 1 REFERENCES accounts (id);
-- case: of a domain whose default is a key
-- expect: unsafe add-column-references
-- setup:
CREATE DOMAIN account AS bigint DEFAULT 1;
-- statement:
ALTER TABLE users ADD COLUMN owner_id account REFERENCES accounts (id);
-- case: of a serial column
-- expect: unsafe add-column-references add-column-serial
-- setup:
DELETE FROM orders WHERE user_id > 100;
DELETE FROM users WHERE id > 100;
-- statement:
ALTER TABLE users ADD COLUMN owner_id bigserial REFERENCES accounts (id);
-- case: of an identity column
-- expect: unsafe add-column-references add-column-serial
ALTER TABLE users ADD COLUMN owner_id bigint GENERATED ALWAYS AS IDENTITY
    REFERENCES accounts (id);
-- case: of a stored generated column
-- expect: unsafe add-column-references add-column-stored
ALTER TABLE users ADD COLUMN owner_id bigint GENERATED ALWAYS AS (account_id) STORED
    REFERENCES accounts (id);
-- case: with NULL for a default
-- expect: unsafe add-column-references
ALTER TABLE users ADD COLUMN owner_id bigint DEFAULT NULL REFERENCES accounts (id);
-- case: column, index, key and validation apart
-- expect: safe
ALTER TABLE users ADD COLUMN owner_id bigint;
CREATE INDEX CONCURRENTLY users_owner_idx ON users (owner_id);
ALTER TABLE users ADD CONSTRAINT users_owner_fkey FOREIGN KEY (owner_id) REFERENCES accounts (id) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_owner_fkey;
