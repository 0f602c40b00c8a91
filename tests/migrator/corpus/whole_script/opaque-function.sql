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
