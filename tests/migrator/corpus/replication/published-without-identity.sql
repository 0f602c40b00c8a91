-- case: table without a primary key
-- expect: unsafe published-without-identity
-- blind: caution change-behaviour
-- setup:
CREATE TABLE log (at date NOT NULL, note text);
-- statement:
CREATE PUBLICATION changes FOR TABLE users, log;
-- case: added to a publication
-- expect: unsafe published-without-identity
-- blind: caution change-behaviour
-- setup:
CREATE TABLE log (at date NOT NULL, note text);
CREATE PUBLICATION changes FOR TABLE users;
-- statement:
ALTER PUBLICATION changes ADD TABLE log;
-- case: all tables
-- expect: unsafe published-without-identity
-- blind: caution change-behaviour
-- statement:
CREATE PUBLICATION changes FOR ALL TABLES;
-- case: whose identity is to be nothing
-- expect: unsafe published-without-identity
-- blind: caution change-behaviour
-- setup:
ALTER TABLE users REPLICA IDENTITY NOTHING;
-- statement:
CREATE PUBLICATION changes FOR TABLE users;
-- case: a schema
-- since: 15
-- expect: unsafe published-without-identity
-- blind: caution change-behaviour
-- setup:
CREATE SCHEMA logs;
CREATE TABLE logs.log (at date NOT NULL, note text);
-- statement:
CREATE PUBLICATION changes FOR TABLES IN SCHEMA logs;
-- case: rows that are added alone, a key, an index, and all columns
-- expect: caution change-behaviour
-- setup:
CREATE TABLE log (at date NOT NULL UNIQUE, note text);
CREATE TABLE notes (at date NOT NULL, note text);
ALTER TABLE log REPLICA IDENTITY USING INDEX log_at_key;
ALTER TABLE notes REPLICA IDENTITY FULL;
-- statement:
CREATE PUBLICATION changes FOR TABLE users, log, notes;
CREATE PUBLICATION additions FOR TABLE events WITH (publish = 'insert');
-- case: parts of a table without a primary key
-- expect: unsafe published-without-identity
-- blind: caution change-behaviour
CREATE PUBLICATION changes FOR TABLE events;
