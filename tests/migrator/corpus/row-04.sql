-- case: identity
-- expect: unsafe add-column-serial
ALTER TABLE users ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
