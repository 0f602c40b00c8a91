-- case: renamed column that a trigger's function names
-- expect: unsafe function-names-column
-- blind: unsafe rename-column
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.org_id IS NULL THEN new.org_id := 1; END IF; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
ALTER TABLE lnk RENAME COLUMN org_id TO company_id;
-- case: renamed column with a space that a trigger's function names
-- expect: unsafe function-names-column
-- blind: unsafe rename-column
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, "Org Id" bigint[], "its ""note""" text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW."Org Id"[1] := 1; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
ALTER TABLE lnk RENAME COLUMN "Org Id" TO company_id;
-- case: renamed column with quotes in its name
-- expect: unsafe function-names-column
-- blind: unsafe rename-column
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, "Org Id" bigint[], "its ""note""" text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new."its ""note""" := upper(new."its ""note"""); RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
ALTER TABLE lnk RENAME COLUMN "its ""note""" TO note;
-- case: the same in the form with a view
-- expect: unsafe function-names-column
-- blind: safe
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.org_id IS NULL THEN new.org_id := 1; END IF; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
BEGIN;
ALTER TABLE lnk RENAME TO lnk_data;
ALTER TABLE lnk_data RENAME COLUMN org_id TO company_id;
CREATE VIEW lnk AS SELECT *, company_id AS org_id FROM lnk_data;
COMMIT;
-- case: the same, all of one file
-- expect: unsafe function-names-column
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.org_id IS NULL THEN new.org_id := 1; END IF; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
BEGIN;
ALTER TABLE lnk RENAME TO lnk_data;
ALTER TABLE lnk_data RENAME COLUMN org_id TO company_id;
CREATE VIEW lnk AS SELECT *, company_id AS org_id FROM lnk_data;
COMMIT;
-- case: dropped column that a function of a trigger assigns, in a contract file
-- expect: unsafe function-names-column
-- blind: safe
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.org_id = 3; RETURN NEW; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
-- migrator: phase contract
ALTER TABLE lnk DROP COLUMN org_id;
-- case: dropped column that a function reads, in a contract file
-- expect: unsafe function-names-column
-- blind: safe
-- setup:
CREATE FUNCTION guard(n integer) RETURNS integer LANGUAGE plpgsql AS $$ DECLARE oldest int; BEGIN SELECT max(u.age) INTO oldest FROM users u; RETURN oldest; END $$;

-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: dropped column that a procedure writes, in a contract file
-- expect: unsafe function-names-column
-- blind: safe
-- setup:
CREATE PROCEDURE grow() LANGUAGE sql AS 'UPDATE users SET age = 1 WHERE id = 7';
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: column of a record that a loop reads, in a contract file
-- expect: caution function-names-column
-- blind: safe
-- setup:
CREATE FUNCTION guard() RETURNS void LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM users LOOP RAISE NOTICE '%', r.age; END LOOP; END $$;

-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: column in a query that a function puts together, in a contract file
-- expect: caution function-names-column
-- blind: safe
-- setup:
CREATE FUNCTION guard(n integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'UPDATE users SET age = ' || n; END $$;

-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: column in the text of a query, in a contract file
-- expect: unsafe function-names-column
-- blind: safe
-- setup:
CREATE FUNCTION guard() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'UPDATE users SET age = 1'; END $$;

-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: column that a function for several tables names
-- expect: unsafe rename-column function-names-column
-- blind: unsafe rename-column
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF tg_table_name = 'other' THEN new.org_id := 1; END IF; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
ALTER TABLE lnk RENAME COLUMN org_id TO company_id;
-- case: column that a partition's trigger names
-- expect: unsafe function-names-column
-- blind: unsafe rename-column
-- setup:
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.id := 1; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON events_2025 FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
ALTER TABLE events RENAME COLUMN id TO number;
-- case: column whose function is made anew in the same transaction
-- expect: caution change-behaviour
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.org_id IS NULL THEN new.org_id := 1; END IF; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
BEGIN;
ALTER TABLE lnk RENAME TO lnk_data;
ALTER TABLE lnk_data RENAME COLUMN org_id TO company_id;
CREATE VIEW lnk AS SELECT *, company_id AS org_id FROM lnk_data;
CREATE OR REPLACE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.company_id IS NULL THEN new.company_id := 1; END IF; RETURN new; END $$;
COMMIT;
-- case: column whose trigger is dropped in the same transaction
-- expect: unsafe drop-object
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.org_id IS NULL THEN new.org_id := 1; END IF; RETURN new; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
BEGIN;
ALTER TABLE lnk RENAME TO lnk_data;
ALTER TABLE lnk_data RENAME COLUMN org_id TO company_id;
CREATE VIEW lnk AS SELECT *, company_id AS org_id FROM lnk_data;
DROP TRIGGER guarded ON lnk_data;
DROP FUNCTION guard();
COMMIT;
-- case: another column, and one of the same name elsewhere
-- expect: unsafe rename-column
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE org_id int; BEGIN org_id := 3; new.note := 'org_id'; SELECT o.org_id INTO org_id FROM other o; RETURN new; END $$;
CREATE TABLE other (org_id bigint);
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON lnk FOR EACH ROW EXECUTE FUNCTION guard();
-- statement:
ALTER TABLE lnk RENAME COLUMN org_id TO company_id;
-- case: column that a function of a dropped trigger names
-- expect: unsafe rename-column
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.org_id IS NULL THEN new.org_id := 1; END IF; RETURN new; END $$;

-- statement:
ALTER TABLE lnk RENAME COLUMN org_id TO company_id;
-- case: column that a function reads through the view that keeps it
-- expect: safe
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION guard() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(org_id) FROM lnk); END $$;

-- statement:
BEGIN;
ALTER TABLE lnk RENAME TO lnk_data;
ALTER TABLE lnk_data RENAME COLUMN org_id TO company_id;
CREATE VIEW lnk AS SELECT *, company_id AS org_id FROM lnk_data;
COMMIT;
-- case: column that a parsed body reads and follows
-- expect: unsafe rename-column
-- setup:
CREATE TABLE lnk (id bigint PRIMARY KEY, org_id bigint, note text);
CREATE FUNCTION top() RETURNS bigint RETURN (SELECT max(org_id) FROM lnk);
-- statement:
ALTER TABLE lnk RENAME COLUMN org_id TO company_id;
