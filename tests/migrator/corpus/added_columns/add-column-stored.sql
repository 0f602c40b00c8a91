-- case: stored
-- expect: unsafe add-column-stored
ALTER TABLE users ADD COLUMN lower_email text GENERATED ALWAYS AS (lower(email)) STORED;
-- case: virtual
-- expect: safe
-- since: 18
ALTER TABLE users ADD COLUMN lower_email text GENERATED ALWAYS AS (lower(email)) VIRTUAL;
