-- case: varchar(n)
-- expect: info regrettable-type
ALTER TABLE users ADD COLUMN nickname varchar(20);
-- case: text and timestamptz
-- expect: safe
ALTER TABLE users ADD COLUMN nickname text, ADD COLUMN seen timestamptz;
