-- case: serial
-- expect: unsafe add-column-serial
ALTER TABLE users ADD COLUMN number serial;
-- case: bigserial
-- expect: unsafe add-column-serial
alter table users add column number bigserial not null;
