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
