-- case: IF NOT EXISTS
-- expect: caution concurrently-leaves-invalid
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_age_idx ON users (age);
-- case: with lock_timeout
-- expect: caution concurrently-leaves-invalid
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: lock_timeout reset before
-- expect: safe
SET lock_timeout = '2s';
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: lock_timeout of no minutes
-- expect: safe
SET lock_timeout = '0min';
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: with a lock_timeout that has a fraction
-- expect: caution concurrently-leaves-invalid
SET lock_timeout = 1500.5;
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: with statement_timeout
-- expect: caution concurrently-leaves-invalid
SET statement_timeout = '1min';
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: rebuilt with lock_timeout
-- expect: caution concurrently-leaves-invalid
SET lock_timeout = '2s';
REINDEX INDEX CONCURRENTLY users_email_idx;
-- case: rebuilt with statement_timeout
-- expect: caution concurrently-leaves-invalid
SET statement_timeout = '1min';
REINDEX TABLE CONCURRENTLY users;
