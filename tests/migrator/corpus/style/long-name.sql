-- case: long name
-- expect: caution long-name
ALTER TABLE users ADD COLUMN a_name_that_goes_on_and_on_until_nobody_remembers_how_it_began_at_all text;
-- case: name of 63 bytes
-- expect: safe
ALTER TABLE users ADD COLUMN a_name_that_is_just_as_long_as_postgresql_lets_any_name_be_and_ text;
