-- case: lock_timeout of a minute
-- expect: caution long-lock-timeout
SET lock_timeout = '1min';
ALTER TABLE users ADD COLUMN nickname text;
-- case: lock_timeout of ten seconds
-- expect: safe
SET lock_timeout = '10s';
ALTER TABLE users ADD COLUMN nickname text;
-- case: lock_timeout of 0 for CONCURRENTLY alone
-- expect: safe
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: lock_timeout of 0
-- expect: caution long-lock-timeout
SET lock_timeout = 0;
ALTER TABLE users ADD COLUMN nickname text;
