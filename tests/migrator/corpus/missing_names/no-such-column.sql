-- case: of an index
-- expect: unsafe no-such-column
-- blind: safe
-- fails: column "mail" does not exist
CREATE INDEX CONCURRENTLY users_mail ON users (mail);
-- case: of a check
-- expect: unsafe no-such-column
-- blind: safe
-- fails: column "years" does not exist
ALTER TABLE users ADD CONSTRAINT adult CHECK (years > 17) NOT VALID;
-- case: that is changed
-- expect: unsafe no-such-column
-- blind: caution drop-not-null
-- fails: column "mail" of relation "users" does not exist
ALTER TABLE users ALTER COLUMN mail DROP NOT NULL;
-- case: that is written
-- expect: unsafe no-such-column
-- blind: safe
-- fails: column "mail" of relation "accounts" does not exist
INSERT INTO accounts (id, mail) VALUES (5000, 'x');
-- case: of a foreign key in a table that the file makes
-- expect: unsafe no-such-column
-- blind: unsafe no-such-column
-- fails: column "user_id" referenced in foreign key constraint does not exist
CREATE TABLE notes (id bigint PRIMARY KEY, owner_id bigint);
CREATE INDEX ON notes (owner_id);
ALTER TABLE notes ADD CONSTRAINT notes_fkey FOREIGN KEY (user_id) REFERENCES users (id);
-- case: added beside it, and one that may be missing
-- expect: safe
-- migrator: phase contract
ALTER TABLE users ADD CONSTRAINT tall CHECK (height > 0) NOT VALID, ADD COLUMN height integer;
UPDATE users SET height = 1 WHERE id BETWEEN 1 AND 10;
ALTER TABLE users DROP COLUMN IF EXISTS mail;
-- case: of a temporary table before the other
-- expect: safe
-- trace: no, the catalog has no temporary tables
CREATE TEMPORARY TABLE accounts (other text);
INSERT INTO accounts (other) VALUES ('x');
-- case: of a table that may have been another
-- expect: unsafe no-such-column
-- blind: safe
-- fails: column "note" does not exist
CREATE TABLE IF NOT EXISTS notes (id bigint PRIMARY KEY);
CREATE INDEX CONCURRENTLY notes_note ON notes (note);
