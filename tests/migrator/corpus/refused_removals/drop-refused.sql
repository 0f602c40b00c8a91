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
