-- case: integer key
-- expect: info small-primary-key
CREATE TABLE plain (id integer PRIMARY KEY);
-- case: varchar(n)
-- expect: info regrettable-type
ALTER TABLE users ADD COLUMN nickname varchar(20);
-- case: long name
-- expect: caution long-name
ALTER TABLE users ADD COLUMN a_name_that_goes_on_and_on_until_nobody_remembers_how_it_began_at_all text;
