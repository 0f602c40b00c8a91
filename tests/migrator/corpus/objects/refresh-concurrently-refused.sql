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
-- case: concurrently with a unique index of all rows beside one of some
-- expect: safe
-- setup:
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM users;
CREATE UNIQUE INDEX names_some ON names (id) WHERE id > 1;
CREATE UNIQUE INDEX names_all ON names (id);
-- statement:
REFRESH MATERIALIZED VIEW CONCURRENTLY names;
