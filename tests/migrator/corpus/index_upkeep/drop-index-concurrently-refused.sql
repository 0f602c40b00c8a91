-- case: partitioned index, concurrently
-- expect: unsafe drop-index-concurrently-refused
-- blind: safe
-- fails: cannot drop partitioned index "events_id" concurrently
-- setup:
CREATE INDEX events_id ON events (id);
-- statement:
DROP INDEX CONCURRENTLY events_id;
-- case: two indexes, concurrently
-- expect: unsafe drop-index-concurrently-refused
-- fails: DROP INDEX CONCURRENTLY does not support dropping multiple objects
DROP INDEX CONCURRENTLY users_created_idx, users_email_idx;
-- case: concurrently with CASCADE
-- expect: unsafe drop-index-concurrently-refused
-- fails: DROP INDEX CONCURRENTLY does not support CASCADE
DROP INDEX CONCURRENTLY users_created_idx CASCADE;
-- case: one index, concurrently
-- expect: safe
DROP INDEX CONCURRENTLY users_created_idx;
