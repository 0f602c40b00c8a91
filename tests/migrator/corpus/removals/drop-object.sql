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
-- case: view that the file itself makes
-- expect: safe
CREATE VIEW names AS SELECT id, name FROM users;
DROP VIEW names;
