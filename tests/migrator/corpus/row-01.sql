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
-- case: lower case, default before not null
-- expect: safe
alter table users add column level integer default 5 not null;
-- case: IF NOT EXISTS, of a column that exists
-- expect: safe
-- blind: unsafe add-column-volatile-default
ALTER TABLE users ADD COLUMN IF NOT EXISTS name text DEFAULT gen_random_uuid()::text;
-- case: IF NOT EXISTS, with constraints, of a column that exists
-- expect: safe
-- blind: unsafe add-column-unique
ALTER TABLE users ADD COLUMN IF NOT EXISTS account_id bigint NOT NULL UNIQUE
    REFERENCES accounts CHECK (account_id > 0);
-- case: IF NOT EXISTS, of a column that a partitioned table has
-- expect: safe
-- blind: unsafe add-column-serial
ALTER TABLE events ADD COLUMN IF NOT EXISTS id bigserial;
