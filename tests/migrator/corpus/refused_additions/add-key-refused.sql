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
