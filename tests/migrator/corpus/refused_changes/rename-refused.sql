-- case: column of a partition
-- expect: unsafe rename-refused
-- blind: unsafe rename-column
-- fails: cannot rename inherited column
ALTER TABLE events_2025 RENAME COLUMN id TO number;
-- case: column of the partitioned table
-- expect: unsafe rename-column
ALTER TABLE events RENAME COLUMN id TO number;
-- case: own column of an inheriting table
-- expect: unsafe rename-column
-- setup:
CREATE TABLE plain (id bigint);
CREATE TABLE heir (own text) INHERITS (plain);
-- statement:
ALTER TABLE heir RENAME COLUMN own TO mine;
