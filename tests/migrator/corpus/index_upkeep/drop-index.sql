-- case: drop index
-- expect: unsafe drop-index
DROP INDEX users_email_idx;
-- case: drop index concurrently
-- expect: safe
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
