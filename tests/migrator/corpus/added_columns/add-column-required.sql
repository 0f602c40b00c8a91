-- case: lower case, default before not null
-- expect: safe
alter table users add column level integer default 5 not null;
-- case: a domain with a constant default, for NOT NULL
-- expect: safe
-- blind: unsafe add-column-required
-- setup:
CREATE DOMAIN region AS text DEFAULT 'eu';
-- statement:
ALTER TABLE users ADD COLUMN region region NOT NULL;
-- case: required without a default
-- expect: unsafe add-column-required
-- fails: column "region" of relation "users" contains null values
ALTER TABLE users ADD COLUMN region text NOT NULL;
