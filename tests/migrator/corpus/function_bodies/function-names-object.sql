-- case: renamed table that a function writes
-- expect: unsafe function-names-object
-- blind: unsafe rename-table
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard(n bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lnk (id) VALUES (n); END $$;

-- statement:
ALTER TABLE lnk RENAME TO link;
-- case: dropped table that a trigger's function writes, in a contract file
-- expect: unsafe function-names-object
-- blind: caution
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lnk (id) VALUES (new.id); RETURN NULL; END $$;
CREATE TRIGGER copied AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
-- migrator: phase contract
DROP TABLE lnk;
-- case: moved table of the file that a function reads
-- expect: unsafe function-names-object
CREATE SCHEMA crm;
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard(n bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lnk (id) VALUES (n); END $$;
ALTER TABLE lnk SET SCHEMA crm;
-- case: table that a function finds by its own search_path
-- expect: unsafe function-names-object
-- blind: unsafe rename-table
-- setup:
CREATE SCHEMA crm;
CREATE TABLE crm.own (id bigint);
CREATE FUNCTION many() RETURNS bigint LANGUAGE sql SET search_path = crm AS 'SELECT count(*) FROM own';
-- statement:
ALTER TABLE crm.own RENAME TO mine;
-- case: dropped function that another calls, in a contract file
-- expect: unsafe function-names-object
-- blind: safe
-- setup:
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION two() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN one() + 1; END $$;

-- statement:
-- migrator: phase contract
DROP FUNCTION one;
-- case: renamed sequence that a function draws from by name
-- expect: unsafe function-names-object
-- blind: unsafe rename-object
-- setup:
CREATE SEQUENCE numbers;
CREATE FUNCTION guard() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN nextval('numbers'); END $$;

-- statement:
ALTER SEQUENCE numbers RENAME TO figures;
-- case: renamed table whose name a view keeps
-- expect: safe
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard(n bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO lnk (id) VALUES (n); END $$;

-- statement:
BEGIN;
ALTER TABLE lnk RENAME TO lnk_data;
CREATE VIEW lnk AS SELECT * FROM lnk_data;
COMMIT;
-- case: dropped table whose own trigger's function writes to it, in a contract file
-- expect: safe
-- blind: caution
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE lnk SET note = 'x' WHERE id = new.id; RETURN NULL; END $$;
CREATE TRIGGER copied AFTER INSERT ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
-- migrator: phase contract
DROP TABLE lnk;
-- case: dropped table of a name that is a column elsewhere, in a contract file
-- expect: safe
-- blind: caution
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT lnk FROM (SELECT 1 AS lnk) x); END $$;

-- statement:
-- migrator: phase contract
DROP TABLE lnk;
