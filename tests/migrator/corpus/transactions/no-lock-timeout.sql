-- case: no lock_timeout
-- expect: info no-lock-timeout
ALTER TABLE users ADD COLUMN nickname text;
-- case: lock_timeout of two seconds
-- expect: safe
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN nickname text;
-- case: weak lock
-- expect: safe
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
