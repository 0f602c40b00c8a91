-- case: truncate
-- expect: unsafe truncate
TRUNCATE orders;
-- case: truncate cascade
-- expect: unsafe truncate
TRUNCATE users CASCADE;
-- case: table that the file itself makes
-- expect: safe
CREATE TABLE scratch (id bigint);
TRUNCATE scratch;
