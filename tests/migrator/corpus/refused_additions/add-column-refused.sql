-- case: column of a partition
-- expect: unsafe add-column-refused
-- blind: safe
-- fails: cannot add column to a partition
-- setup:
CREATE TABLE logs (at date) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- statement:
ALTER TABLE logs_1 ADD COLUMN note text;
-- case: column of a parent alone
-- expect: unsafe add-column-refused
-- fails: column must be added to child tables too
CREATE TABLE old (id bigint);
CREATE TABLE young () INHERITS (old);
ALTER TABLE ONLY old ADD COLUMN note text;
-- case: column of a partition that the file makes
-- expect: unsafe add-column-refused
-- fails: cannot add column to a partition
CREATE TABLE logs (at date) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE logs_1 ADD COLUMN note text;
-- case: column of an inheriting table, of a partitioned one, and of one that has no part yet
-- expect: safe
CREATE TABLE old (id bigint);
CREATE TABLE young () INHERITS (old);
CREATE TABLE logs (at date) PARTITION BY RANGE (at);
ALTER TABLE young ADD COLUMN note text;
ALTER TABLE ONLY logs ADD COLUMN note text;
ALTER TABLE events ADD COLUMN note text;
