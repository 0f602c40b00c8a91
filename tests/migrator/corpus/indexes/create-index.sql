-- case: index
-- expect: unsafe create-index
CREATE INDEX users_age_idx ON users (age);
-- case: index concurrently
-- expect: safe
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: index on a partitioned table
-- expect: unsafe create-index
CREATE INDEX events_id_idx ON events (id);
