-- case: required without a default
-- expect: unsafe add-column-required
-- fails: column "region" of relation "users" contains null values
ALTER TABLE users ADD COLUMN region text NOT NULL;
