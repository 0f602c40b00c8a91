-- case: unique constraint
-- expect: unsafe add-unique
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
-- case: unique constraint from an index
-- expect: safe
-- setup:
CREATE UNIQUE INDEX users_email_unique ON users (email);
-- statement:
ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE USING INDEX users_email_unique;
-- case: unique constraint on ONLY a partitioned table
-- expect: safe
-- blind: unsafe add-unique
ALTER TABLE ONLY events ADD CONSTRAINT events_key UNIQUE (id, happened);
-- case: unique constraint on ONLY a table without partitions
-- expect: unsafe add-unique
ALTER TABLE ONLY users ADD CONSTRAINT users_email_key UNIQUE (email);
