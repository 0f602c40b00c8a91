-- case: clock_timestamp()
-- expect: unsafe add-column-volatile-default
ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT clock_timestamp();
-- case: gen_random_uuid()
-- expect: unsafe add-column-volatile-default
ALTER TABLE users ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
-- case: random() inside an expression
-- expect: unsafe add-column-volatile-default
alter table users add column dice integer default (floor(random() * 6) + 1)::integer;
-- case: nextval()
-- expect: unsafe add-column-volatile-default
-- setup:
CREATE SEQUENCE tickets;
-- statement:
ALTER TABLE users ADD COLUMN ticket bigint DEFAULT nextval('tickets');
-- case: a volatile function of the user's own
-- expect: unsafe add-column-volatile-default
-- setup:
CREATE FUNCTION token() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT md5(random()::text) $$;
-- statement:
ALTER TABLE users ADD COLUMN token text DEFAULT token();
-- case: an immutable function of the user's own
-- expect: safe
-- blind: unsafe add-column-volatile-default
-- setup:
CREATE FUNCTION origin() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'web'::text $$;
-- statement:
ALTER TABLE users ADD COLUMN origin text DEFAULT origin();
