-- case: detach
-- expect: unsafe detach-partition
ALTER TABLE events DETACH PARTITION events_2025;
-- case: detach concurrently
-- expect: safe
ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;
-- case: detach beside a default partition
-- expect: unsafe detach-partition
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
-- statement:
ALTER TABLE events DETACH PARTITION events_2025;
