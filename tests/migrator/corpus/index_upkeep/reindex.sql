-- case: reindex index
-- expect: unsafe reindex
REINDEX INDEX users_email_idx;
-- case: reindex table
-- expect: unsafe reindex
REINDEX TABLE users;
-- case: reindex concurrently
-- expect: safe
REINDEX TABLE CONCURRENTLY users;
