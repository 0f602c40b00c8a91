-- case: IF NOT EXISTS, of a column that a partitioned table has
-- expect: safe
-- blind: unsafe add-column-serial
ALTER TABLE events ADD COLUMN IF NOT EXISTS id bigserial;
-- case: serial
-- expect: unsafe add-column-serial
ALTER TABLE users ADD COLUMN number serial;
-- case: bigserial
-- expect: unsafe add-column-serial
alter table users add column number bigserial not null;
-- case: identity
-- expect: unsafe add-column-serial
ALTER TABLE users ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
