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
