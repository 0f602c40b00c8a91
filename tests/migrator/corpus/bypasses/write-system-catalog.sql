-- case: a constraint by hand
-- expect: unsafe write-system-catalog
UPDATE pg_attribute SET attnotnull = true WHERE attrelid = 'users'::regclass AND attname = 'email';
-- case: an index by hand, of the schema by name
-- expect: unsafe write-system-catalog
UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'users_email_idx'::regclass;
-- case: a value of an enum, in a block
-- expect: unsafe write-system-catalog
DO $$ BEGIN DELETE FROM pg_enum WHERE enumlabel = 'nothing'; END $$;
-- case: a setting, and a table of the user's own
-- expect: safe
-- blind: unsafe write-system-catalog
-- setup:
CREATE TABLE pg_notes (id bigint PRIMARY KEY, note text);
-- statement:
UPDATE pg_settings SET setting = '1s' WHERE name = 'lock_timeout';
UPDATE pg_notes SET note = 'x' WHERE id = 1;
