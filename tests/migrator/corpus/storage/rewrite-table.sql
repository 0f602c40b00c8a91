-- case: cluster
-- expect: unsafe rewrite-table
CLUSTER users USING users_pkey;
-- case: vacuum full
-- expect: unsafe rewrite-table
VACUUM FULL users;
-- case: plain vacuum and analyze
-- expect: safe
VACUUM (ANALYZE) users;
-- case: cluster of a table that the file itself makes
-- expect: safe
CREATE TABLE scratch (id bigint PRIMARY KEY);
CLUSTER scratch USING scratch_pkey;
