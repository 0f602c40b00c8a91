-- case: view
-- expect: unsafe drop-object
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
DROP VIEW names;
-- case: function
-- expect: unsafe drop-object
-- setup:
CREATE FUNCTION origin() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'web'::text $$;
-- statement:
DROP FUNCTION origin();
-- case: view made anew in one transaction
-- expect: caution drop-object
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
BEGIN;
DROP VIEW names;
CREATE VIEW names AS SELECT id, email FROM users;
COMMIT;
-- case: function made anew in one transaction
-- expect: caution drop-object
-- setup:
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- statement:
BEGIN;
DROP FUNCTION one();
CREATE FUNCTION one() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
COMMIT;
-- case: view made anew afterwards
-- expect: unsafe drop-object
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
DROP VIEW names;
CREATE VIEW names AS SELECT id, email FROM users;
-- case: statistics
-- expect: safe
-- trace: no, the name does not tell the table, which is locked as by ANALYZE
-- setup:
CREATE STATISTICS ages (dependencies) ON age, account_id FROM users;
-- statement:
ALTER STATISTICS ages RENAME TO users_ages;
ALTER STATISTICS users_ages OWNER TO CURRENT_USER;
DROP STATISTICS IF EXISTS users_ages;
-- case: schema with tables, in a contract file
-- expect: unsafe drop-cascade-locks-tables
-- blind: caution drop-cascade-locks-tables
-- setup:
CREATE SCHEMA old;
CREATE TYPE old.mood AS ENUM ('sad', 'ok');
CREATE TABLE old.notes (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
CREATE TABLE replies (note_id bigint REFERENCES old.notes (id));
CREATE TABLE diary (id bigint, feeling old.mood);
CREATE VIEW titles AS SELECT id FROM old.notes;
CREATE TABLE old.events_2029 PARTITION OF events FOR VALUES FROM ('2029-01-01') TO ('2030-01-01');
-- statement:
-- migrator: phase contract
DROP SCHEMA old CASCADE;
-- case: schema whose tables stand alone, in a contract file
-- expect: safe
-- blind: caution drop-cascade-locks-tables
-- setup:
CREATE SCHEMA old;
CREATE TABLE old.notes (id bigint PRIMARY KEY);
-- statement:
-- migrator: phase contract
DROP SCHEMA old CASCADE;
-- case: type of columns, in a contract file
-- expect: unsafe drop-cascade-locks-tables
-- blind: caution drop-cascade-locks-tables
-- setup:
CREATE TYPE "Mood" AS ENUM ('sad', 'ok');
ALTER TABLE users ADD COLUMN feeling "Mood";
ALTER TABLE accounts ADD COLUMN feelings "Mood"[];
ALTER TABLE events ADD COLUMN feeling "Mood";
CREATE VIEW feelings AS SELECT feeling FROM users;
-- statement:
-- migrator: phase contract
DROP TYPE "Mood" CASCADE;
-- case: domain of a column, in a contract file
-- expect: unsafe drop-cascade-locks-tables
-- blind: caution drop-cascade-locks-tables
-- setup:
CREATE DOMAIN nick AS text;
ALTER TABLE users ADD COLUMN nick nick;
-- statement:
-- migrator: phase contract
DROP DOMAIN nick CASCADE;
-- case: view that another view reads
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: cannot drop view names because other objects depend on it
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
CREATE VIEW short_names AS SELECT id FROM names;
-- statement:
DROP VIEW names;
-- case: both views, in a contract file
-- expect: safe
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
CREATE VIEW short_names AS SELECT id FROM names;
-- statement:
-- migrator: phase contract
DROP VIEW names, short_names;
