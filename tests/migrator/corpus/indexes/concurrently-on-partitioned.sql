-- case: concurrently on a partitioned table
-- expect: unsafe concurrently-on-partitioned
-- blind: safe
-- fails: cannot create index on partitioned table "events" concurrently
CREATE INDEX CONCURRENTLY events_id_idx ON events (id);
-- case: on only the parent
-- expect: safe
CREATE INDEX events_id_idx ON ONLY events (id);
-- case: a partition's index attached
-- expect: safe
-- setup:
CREATE INDEX events_id_idx ON ONLY events (id);
CREATE INDEX events_2025_id_idx ON events_2025 (id);
-- statement:
ALTER INDEX events_id_idx ATTACH PARTITION events_2025_id_idx;
