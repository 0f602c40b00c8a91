-- case: IF NOT EXISTS
-- expect: unsafe concurrently-leaves-invalid
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_age_idx ON users (age);
-- case: with lock_timeout
-- expect: unsafe concurrently-leaves-invalid
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: lock_timeout reset before
-- expect: safe
SET lock_timeout = '2s';
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
