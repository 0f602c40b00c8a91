-- case: table without its schema
-- expect: info unqualified-table
ALTER TABLE users ADD COLUMN nickname text;
-- case: table with its schema
-- expect: safe
ALTER TABLE public.users ADD COLUMN nickname text;
