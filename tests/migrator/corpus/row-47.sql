-- case: truncate
-- expect: unsafe truncate
TRUNCATE orders;
-- case: truncate cascade
-- expect: unsafe truncate
TRUNCATE users CASCADE;
