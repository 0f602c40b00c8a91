-- case: primary key
-- expect: unsafe add-primary-key
-- setup:
CREATE TABLE plain AS SELECT g::bigint AS id FROM generate_series(1, 100) g;
-- statement:
ALTER TABLE plain ADD PRIMARY KEY (id);
-- case: from an index over NOT NULL columns
-- expect: safe
-- blind: caution add-primary-key
-- setup:
CREATE TABLE plain AS SELECT g::bigint AS id FROM generate_series(1, 100) g;
ALTER TABLE plain ALTER COLUMN id SET NOT NULL;
CREATE UNIQUE INDEX plain_pkey ON plain (id);
-- statement:
ALTER TABLE plain ADD CONSTRAINT plain_pkey PRIMARY KEY USING INDEX plain_pkey;
-- case: from an index over nullable columns
-- expect: unsafe add-primary-key
-- blind: caution add-primary-key
-- setup:
CREATE TABLE plain AS SELECT g::bigint AS id FROM generate_series(1, 100) g;
CREATE UNIQUE INDEX plain_pkey ON plain (id);
-- statement:
ALTER TABLE plain ADD CONSTRAINT plain_pkey PRIMARY KEY USING INDEX plain_pkey;
-- case: from an index built here
-- expect: safe
-- blind: caution add-primary-key
-- setup:
CREATE TABLE plain AS SELECT g::bigint AS id FROM generate_series(1, 100) g;
ALTER TABLE plain ALTER COLUMN id SET NOT NULL;
-- statement:
CREATE UNIQUE INDEX CONCURRENTLY plain_pkey ON plain (id);
ALTER TABLE plain ADD CONSTRAINT plain_pkey PRIMARY KEY USING INDEX plain_pkey;
-- case: primary key on ONLY a partitioned table
-- expect: safe
-- blind: unsafe add-primary-key
ALTER TABLE ONLY events ADD CONSTRAINT events_pkey PRIMARY KEY (id, happened);
