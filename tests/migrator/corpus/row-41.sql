-- case: dropped before its successor
-- expect: caution replace-index
-- blind: safe
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email, id);
