-- case: table that a view reads
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: cannot drop table plain because other objects depend on it
-- setup:
CREATE TABLE plain (id bigint);
CREATE MATERIALIZED VIEW plains AS SELECT count(*) FROM plain;
-- statement:
DROP TABLE plain;
-- case: table that is referenced
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: cannot drop table users because other objects depend on it
DROP TABLE users;
-- case: table that a view knows by its former name, in a contract file
-- expect: unsafe drop-refused
-- blind: unsafe rename-table
-- fails: cannot drop table simple because other objects depend on it
-- setup:
CREATE TABLE plain (id bigint);
CREATE VIEW plains AS SELECT id FROM plain;
-- statement:
-- migrator: phase contract
ALTER TABLE plain RENAME TO simple;
DROP TABLE simple;
-- case: partitioned table of which a view reads a part
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: cannot drop table events because other objects depend on it
-- setup:
CREATE VIEW old_events AS SELECT id FROM events_2025;
-- statement:
DROP TABLE events;
-- case: table that another inherits from
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: cannot drop table plain because other objects depend on it
-- setup:
CREATE TABLE plain (id bigint);
CREATE TABLE heir () INHERITS (plain);
-- statement:
DROP TABLE plain;
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
-- case: function of a trigger
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION note();
-- statement:
DROP FUNCTION note;
-- case: function of a trigger, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION note();
DROP FUNCTION note;
-- case: function of a default
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER TABLE users ALTER COLUMN age SET DEFAULT one();
-- statement:
DROP FUNCTION one();
-- case: function of a check
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE FUNCTION fits(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
ALTER TABLE users ADD CHECK (fits(age)) NOT VALID;
-- statement:
DROP FUNCTION fits;
-- case: function of a check, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE FUNCTION fits(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
ALTER TABLE users ADD CHECK (fits(age)) NOT VALID;
DROP FUNCTION fits;
-- case: function of an index
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE FUNCTION half(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2';
CREATE INDEX halves ON users (half(age));
-- statement:
DROP FUNCTION half(integer);
-- case: function of an index, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE FUNCTION half(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2';
CREATE INDEX halves ON users (half(age));
DROP FUNCTION half(integer);
-- case: function of a policy
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE FUNCTION mine(bigint) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
CREATE POLICY own ON users USING (mine(id));
-- statement:
DROP FUNCTION mine;
-- case: function of a policy, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE FUNCTION mine(bigint) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
CREATE POLICY own ON users USING (mine(id));
DROP FUNCTION mine;
-- case: function of a view
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW ones AS SELECT one();
-- statement:
DROP FUNCTION one;
-- case: function of another's parsed body
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION two() RETURNS integer RETURN one() + one();
-- statement:
DROP FUNCTION one;
-- case: type of a column
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE TYPE mood AS ENUM ('sad');
ALTER TABLE users ADD COLUMN feels mood[];
-- statement:
DROP TYPE mood;
-- case: type of a column, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE TYPE mood AS ENUM ('sad');
ALTER TABLE users ADD COLUMN feels mood[];
DROP TYPE mood;
-- case: type of an argument
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE TYPE mood AS ENUM ('sad');
CREATE FUNCTION say(mood) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
-- statement:
DROP TYPE mood;
-- case: domain of a domain
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE DOMAIN share AS integer;
CREATE DOMAIN half AS share;
-- statement:
DROP DOMAIN share;
-- case: sequence of a default
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE SEQUENCE numbers;
ALTER TABLE users ALTER COLUMN age SET DEFAULT nextval('numbers');
-- statement:
DROP SEQUENCE numbers;
-- case: sequence of a default, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE SEQUENCE numbers;
ALTER TABLE users ALTER COLUMN age SET DEFAULT nextval('numbers');
DROP SEQUENCE numbers;
-- case: schema with a function
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE SCHEMA crm;
CREATE FUNCTION crm.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- statement:
DROP SCHEMA crm;
-- case: table that a policy reads
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: because other objects depend on it
-- setup:
CREATE TABLE plain (id bigint);
CREATE POLICY own ON users USING (id IN (SELECT id FROM plain));
-- statement:
DROP TABLE plain;
-- case: table that a policy reads, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE TABLE plain (id bigint);
CREATE POLICY own ON users USING (id IN (SELECT id FROM plain));
DROP TABLE plain;
-- case: table that a function returns
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: because other objects depend on it
-- setup:
CREATE TABLE plain (id bigint);
CREATE FUNCTION all_plain() RETURNS SETOF plain LANGUAGE sql AS 'SELECT * FROM plain';
-- statement:
DROP TABLE plain;
-- case: table whose row is a column
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: because other objects depend on it
-- setup:
CREATE TABLE plain (id bigint);
CREATE TABLE kept (was plain);
-- statement:
DROP TABLE plain;
-- case: table whose sequence another draws from
-- expect: unsafe drop-refused
-- blind: unsafe drop-table
-- fails: because other objects depend on it
-- setup:
CREATE TABLE plain (id serial);
ALTER TABLE users ALTER COLUMN age SET DEFAULT nextval('plain_id_seq');
-- statement:
DROP TABLE plain;
-- case: table whose sequence another draws from, of a contract file
-- expect: unsafe drop-refused
-- fails: because other objects depend on it
-- migrator: phase contract
CREATE TABLE plain (id serial);
ALTER TABLE users ALTER COLUMN age SET DEFAULT nextval('plain_id_seq');
DROP TABLE plain;
-- case: extension of a column's type
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: because other objects depend on it
-- setup:
CREATE EXTENSION citext;
ALTER TABLE users ADD COLUMN mail citext;
-- statement:
DROP EXTENSION citext;
-- case: index of a key
-- expect: unsafe drop-refused
-- blind: safe
-- fails: because constraint users_pkey on table users requires it
DROP INDEX CONCURRENTLY users_pkey;
-- case: index that a foreign key needs
-- expect: unsafe drop-refused
-- blind: safe
-- fails: cannot drop index users_code because other objects depend on it
-- setup:
CREATE UNIQUE INDEX users_code ON users (code);
CREATE TABLE coded (code character(10) REFERENCES users (code));
-- statement:
DROP INDEX CONCURRENTLY users_code;
-- case: function beside one of its name that a trigger needs, in a contract file
-- expect: safe
-- setup:
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION note();
CREATE FUNCTION note(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- statement:
-- migrator: phase contract
DROP FUNCTION note(integer);
-- case: function, type and empty schema that nothing needs, in a contract file
-- expect: safe
-- setup:
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE mood AS ENUM ('sad');
CREATE SCHEMA crm;
CREATE SEQUENCE numbers;
-- statement:
-- migrator: phase contract
DROP FUNCTION one;
DROP TYPE mood;
DROP SCHEMA crm;
DROP SEQUENCE numbers;
-- case: table with its policies, triggers, publications and statistics, in a contract file
-- expect: safe
-- blind: caution
-- setup:
CREATE TABLE plain (id serial, a integer);
CREATE POLICY own ON plain USING (a > 1);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF a ON plain FOR EACH ROW EXECUTE FUNCTION note();
CREATE PUBLICATION feed FOR TABLE plain (id);
CREATE STATISTICS s ON id, a FROM plain;
CREATE RULE never AS ON DELETE TO plain DO INSTEAD NOTHING;
-- statement:
-- migrator: phase contract
DROP TABLE plain;
-- case: index of a partition that belongs to its table's
-- expect: unsafe drop-refused
-- blind: unsafe drop-index
-- fails: cannot drop index events_2025_id_idx because index events_id requires it
-- setup:
CREATE INDEX events_id ON events (id);
-- statement:
DROP INDEX events_2025_id_idx;
-- case: function of a schema whose name needs quotes, that a trigger runs
-- expect: unsafe drop-refused
-- blind: unsafe drop-object
-- fails: cannot drop function "Sp ace".note() because other objects depend on it
-- setup:
CREATE SCHEMA "Sp ace";
CREATE FUNCTION "Sp ace".note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION "Sp ace".note();
-- statement:
DROP FUNCTION "Sp ace".note();
