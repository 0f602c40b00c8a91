-- case: detach
-- expect: unsafe detach-partition
ALTER TABLE events DETACH PARTITION events_2025;
-- case: detach concurrently
-- expect: safe
ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;
