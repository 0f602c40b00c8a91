-- case: virtual and NOT NULL
-- expect: unsafe add-column-virtual-not-null
-- since: 18
ALTER TABLE users ADD COLUMN double_age integer GENERATED ALWAYS AS (age * 2) VIRTUAL NOT NULL;
-- case: virtual, then NOT NULL validated
-- expect: safe
-- since: 18
ALTER TABLE users ADD COLUMN double_age integer GENERATED ALWAYS AS (age * 2) VIRTUAL;
ALTER TABLE users ADD CONSTRAINT users_double_age_not_null NOT NULL double_age NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_double_age_not_null;
