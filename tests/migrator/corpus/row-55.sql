-- case: no lock_timeout
-- expect: info no-lock-timeout
ALTER TABLE users ADD COLUMN nickname text;
-- case: lock_timeout of a minute
-- expect: caution long-lock-timeout
SET lock_timeout = '1min';
ALTER TABLE users ADD COLUMN nickname text;
