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
