-- case: to a column without a unique key
-- expect: unsafe add-foreign-key-refused
-- blind: safe
-- fails: there is no unique constraint matching given keys for referenced table "accounts"
-- statement:
ALTER TABLE users ADD CONSTRAINT users_name_fkey FOREIGN KEY (email) REFERENCES accounts (name) NOT VALID;
-- case: to a unique index of some rows
-- expect: unsafe add-foreign-key-refused
-- blind: caution create-table-references
-- fails: there is no unique constraint matching given keys for referenced table "accounts"
-- setup:
CREATE UNIQUE INDEX accounts_key ON accounts (name) WHERE id > 0;
-- statement:
CREATE TABLE notes (id bigint PRIMARY KEY, account text UNIQUE REFERENCES accounts (name));
-- case: to a deferrable key
-- expect: unsafe add-foreign-key-refused
-- blind: safe
-- fails: cannot use a deferrable unique constraint for referenced table "accounts"
-- setup:
ALTER TABLE accounts ADD CONSTRAINT accounts_key UNIQUE (name) DEFERRABLE;
-- statement:
ALTER TABLE users ADD CONSTRAINT users_name_fkey FOREIGN KEY (email) REFERENCES accounts (name) NOT VALID;
-- case: to a table without a primary key
-- expect: unsafe add-foreign-key-refused
-- blind: safe
-- fails: there is no primary key for referenced table "events"
-- statement:
ALTER TABLE users ADD CONSTRAINT users_event_fkey FOREIGN KEY (account_id) REFERENCES events NOT VALID;
-- case: of a column of another type
-- expect: unsafe add-foreign-key-refused
-- blind: safe
-- fails: foreign key constraint "users_email_fkey" cannot be implemented
-- statement:
ALTER TABLE users ADD CONSTRAINT users_email_fkey FOREIGN KEY (email) REFERENCES accounts (id) NOT VALID;
-- case: of a new column of another type
-- expect: unsafe add-foreign-key-refused
-- blind: unsafe add-column-references
-- fails: cannot be implemented
-- statement:
ALTER TABLE users ADD COLUMN owner uuid REFERENCES accounts (id);
-- case: to a view
-- expect: unsafe add-foreign-key-refused
-- blind: safe
-- fails: referenced relation "people" is not a table
-- setup:
CREATE VIEW people AS SELECT id FROM users;
-- statement:
ALTER TABLE accounts ADD CONSTRAINT accounts_people_fkey FOREIGN KEY (id) REFERENCES people (id) NOT VALID;
-- case: of types that compare, to keys in another order, with and without a constraint
-- expect: safe
-- setup:
CREATE UNIQUE INDEX users_key ON users (name, id);
CREATE TABLE notes (id integer, name text, day date);
CREATE INDEX ON notes (id, name);
CREATE INDEX ON notes (day);
CREATE TABLE days (at timestamptz PRIMARY KEY);
-- statement:
ALTER TABLE notes ADD CONSTRAINT notes_fkey FOREIGN KEY (id, name) REFERENCES users (id, name) NOT VALID;
-- case: to the table that is made with it
-- expect: safe
-- statement:
CREATE TABLE nodes (id bigint, parent bigint REFERENCES nodes (id), code text UNIQUE REFERENCES nodes (code), UNIQUE (id));
CREATE INDEX nodes_parent_idx ON nodes (parent);
-- case: to a key that code made which nobody can judge
-- expect: unsafe opaque
-- trace: no, lint claims nothing about the block
-- statement:
DO $$ BEGIN EXECUTE 'CREATE UNIQUE INDEX accounts_key ON ' || 'accounts (name)'; END $$;
ALTER TABLE users ADD CONSTRAINT users_email_fkey FOREIGN KEY (email) REFERENCES accounts (name) NOT VALID;
