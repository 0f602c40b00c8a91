-- case: unique constraint from an index of a partitioned table
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables
-- setup:
CREATE UNIQUE INDEX events_key ON events (id, happened);
-- statement:
ALTER TABLE events ADD CONSTRAINT events_key UNIQUE USING INDEX events_key;
-- case: primary key from an index of a partitioned table
-- expect: unsafe using-index-refused
-- blind: caution add-primary-key
-- fails: ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables
-- setup:
CREATE UNIQUE INDEX events_key ON events (id, happened);
-- statement:
ALTER TABLE events ADD CONSTRAINT events_key PRIMARY KEY USING INDEX events_key;
-- case: unique constraint from an index of a partition
-- expect: safe
-- setup:
CREATE UNIQUE INDEX events_2025_key ON events_2025 (id, happened);
-- statement:
ALTER TABLE events_2025 ADD CONSTRAINT events_2025_key UNIQUE USING INDEX events_2025_key;
