-- case: unique index without the partition key
-- expect: unsafe add-key-refused
-- blind: unsafe create-index
-- fails: unique constraint on partitioned table must include all partitioning columns
CREATE UNIQUE INDEX events_id ON events (id);
-- case: primary key without the partition key
-- expect: unsafe add-key-refused
-- fails: unique constraint on partitioned table must include all partitioning columns
CREATE TABLE logs (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
ALTER TABLE logs ADD CONSTRAINT logs_pkey PRIMARY KEY (id);
-- case: keys with it, and an index that is none
-- expect: safe
CREATE TABLE logs (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
ALTER TABLE logs ADD CONSTRAINT logs_pkey PRIMARY KEY (at, id);
CREATE UNIQUE INDEX logs_both ON logs (id, at);
CREATE INDEX logs_id ON logs (id);
-- case: in the table as it is made, of a column and of the table
-- expect: unsafe add-key-refused
-- fails: unique constraint on partitioned table must include all partitioning columns
CREATE TABLE logs (id bigint PRIMARY KEY, at date NOT NULL) PARTITION BY RANGE (at);
-- case: with a new column
-- expect: unsafe add-key-refused
-- fails: unique constraint on partitioned table must include all partitioning columns
CREATE TABLE logs (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
ALTER TABLE logs ADD COLUMN code text UNIQUE;
-- case: with it in the table as it is made, and in a partition without it
-- expect: safe
CREATE TABLE logs (at date PRIMARY KEY, id bigint, UNIQUE (at, id)) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs (UNIQUE (id)) FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
