-- case: function call
-- expect: caution opaque-function
-- trace: no, lint claims nothing about it
SELECT migrate_everything();
-- case: function that only moves a sequence
-- expect: safe
-- setup:
CREATE SEQUENCE tickets;
-- statement:
SELECT setval('tickets', 10);
-- case: an immutable function of the user's own
-- expect: safe
-- blind: caution opaque-function
-- setup:
CREATE FUNCTION origin() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'web'::text $$;
-- statement:
SELECT origin();
-- case: function whose body the file has
-- expect: unsafe alter-type-rewrite
CREATE FUNCTION widen() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE users ALTER COLUMN age TYPE bigint; END $$;
SELECT widen();
DROP FUNCTION widen();
-- case: function that calls another
-- expect: unsafe drop-column
-- setup:
CREATE FUNCTION inner_part() RETURNS void LANGUAGE sql AS 'ALTER TABLE users DROP COLUMN age';
CREATE FUNCTION outer_part() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN PERFORM inner_part(); RETURN 1; END $$;
-- blind: caution opaque-function
-- statement:
DO $$ BEGIN PERFORM outer_part(); END $$;
-- case: function that puts its statement together
-- expect: caution opaque-function
-- trace: no, lint claims nothing about it
CREATE FUNCTION widen(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN x int', name); END $$;
SELECT widen('users');
-- case: function that does nothing dangerous
-- expect: safe
CREATE FUNCTION number_of(wanted text) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM users WHERE email = wanted); END $$;
SELECT number_of('x');
-- case: functions of PostgreSQL that change nothing
-- expect: safe
SELECT to_regclass('users'), format('%s', max(id)), string_agg(name, ','), pg_backend_pid() FROM users;
SELECT pg_advisory_lock(5);
SELECT pg_advisory_unlock(5);
-- case: one of a schema of the user's own that is called the same
-- expect: caution opaque-function
-- setup:
CREATE SCHEMA app;
CREATE FUNCTION app.format() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || 'x'; END $$;
-- trace: no, lint claims nothing about it
-- statement:
SELECT app.format();
