-- case: refresh
-- expect: unsafe refresh-materialized-view
-- setup:
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) FROM orders GROUP BY 1;
-- statement:
REFRESH MATERIALIZED VIEW totals;
-- case: refresh concurrently
-- expect: safe
-- setup:
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) FROM orders GROUP BY 1;
CREATE UNIQUE INDEX ON totals (user_id);
-- statement:
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
