-- case: detach concurrently beside a default partition
-- expect: unsafe detach-concurrently-refused
-- blind: safe
-- fails: cannot detach partitions concurrently when a default partition exists
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
-- statement:
ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;
-- case: detach concurrently once the default partition is gone
-- expect: unsafe detach-partition
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
-- statement:
ALTER TABLE events DETACH PARTITION events_rest;
ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;
