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
-- case: concurrently without a unique index of all rows
-- expect: unsafe refresh-concurrently-refused
-- blind: safe
-- fails: cannot refresh materialized view "public.names" concurrently
-- setup:
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM users;
CREATE UNIQUE INDEX names_some ON names (id) WHERE id > 1;
CREATE UNIQUE INDEX names_lower ON names (id, lower(name));
-- statement:
REFRESH MATERIALIZED VIEW CONCURRENTLY names;
