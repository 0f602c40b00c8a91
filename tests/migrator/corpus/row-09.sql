-- case: nullable reference
-- expect: unsafe add-column-references
ALTER TABLE users ADD COLUMN owner_id bigint REFERENCES accounts (id);
-- case: reference with a default
-- expect: unsafe add-column-references
ALTER TABLE users ADD COLUMN owner_id bigint DEFAULT 1 REFERENCES accounts (id);
