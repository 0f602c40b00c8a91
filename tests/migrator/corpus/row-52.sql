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
