-- case: nullable column
-- expect: safe
ALTER TABLE users ADD COLUMN nickname text;
-- case: constant default
-- expect: safe
ALTER TABLE users ADD COLUMN active boolean NOT NULL DEFAULT true;
-- case: stable default
-- expect: safe
ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT now();
-- case: on a partitioned table
-- expect: safe
ALTER TABLE events ADD COLUMN kind text;
-- case: IF NOT EXISTS, of a column that exists
-- expect: safe
-- blind: unsafe add-column-volatile-default
ALTER TABLE users ADD COLUMN IF NOT EXISTS name text DEFAULT gen_random_uuid()::text;
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
-- case: a domain with a volatile default
-- expect: unsafe add-column-volatile-default
-- blind: safe
-- setup:
CREATE DOMAIN token AS uuid DEFAULT gen_random_uuid();
-- statement:
ALTER TABLE users ADD COLUMN token token;
-- case: a domain with a volatile default, made in the same file
-- expect: unsafe add-column-volatile-default
CREATE DOMAIN token AS uuid DEFAULT gen_random_uuid();
ALTER TABLE users ADD COLUMN token token NOT NULL;
-- case: a domain that inherits a volatile default
-- expect: unsafe add-column-volatile-default
-- blind: safe
-- setup:
CREATE FUNCTION draw() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT md5(random()::text) $$;
CREATE DOMAIN token AS text DEFAULT 'a' || lower(draw());
CREATE DOMAIN key AS token;
-- statement:
ALTER TABLE users ADD COLUMN key key;
-- case: a domain whose default is made volatile
-- expect: unsafe add-column-volatile-default
-- setup:
CREATE DOMAIN token AS text DEFAULT 'none';
-- statement:
ALTER DOMAIN token SET DEFAULT gen_random_uuid()::text;
ALTER TABLE users ADD COLUMN token token;
-- case: a domain whose volatile default is dropped
-- expect: safe
-- setup:
CREATE DOMAIN token AS text DEFAULT gen_random_uuid()::text;
-- statement:
ALTER DOMAIN token DROP DEFAULT;
ALTER TABLE users ADD COLUMN token token;
-- case: NULL in place of a domain's volatile default
-- expect: safe
-- setup:
CREATE DOMAIN token AS uuid DEFAULT gen_random_uuid();
-- statement:
ALTER TABLE users ADD COLUMN token token DEFAULT NULL;
ALTER TABLE users ALTER COLUMN token DROP DEFAULT;
-- case: DO block whose statements are written out
-- expect: unsafe add-column-volatile-default
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'users') THEN
        ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
    END IF;
END $$;
-- case: functions of PostgreSQL that are not volatile
-- expect: safe
ALTER TABLE users ADD COLUMN labels text[] DEFAULT string_to_array('a,b', ',');
ALTER TABLE users ADD COLUMN opens time DEFAULT make_time(8, 0, 0);
ALTER TABLE users ADD COLUMN settings jsonb DEFAULT jsonb_set('{}', '{a}', '1');
