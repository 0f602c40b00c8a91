-- case: an invalid leftover is dropped first
-- expect: safe
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_age_idx;
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: dropped before its successor
-- expect: caution replace-index
-- blind: safe
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email, id);
