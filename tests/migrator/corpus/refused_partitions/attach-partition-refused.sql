-- case: a column is missing
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: child table is missing column "happened"
-- setup:
CREATE TABLE archive (id bigint NOT NULL);
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: a column too many
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: contains column "note" not found in parent "events"
-- setup:
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, note text);
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: a column of another type
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: has different type for column "id"
-- setup:
CREATE TABLE archive (id integer NOT NULL, happened date NOT NULL);
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: a column that may be NULL, in a table that the file makes
-- expect: unsafe attach-partition-refused
-- blind: safe
-- fails: column "id" in child table
-- statement:
CREATE TABLE archive (id bigint, happened date NOT NULL);
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: without a constraint of the parent
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: child table is missing constraint "positive"
-- setup:
ALTER TABLE events ADD CONSTRAINT positive CHECK (id > 0);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL);
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: with an identity of its own
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: contains an identity column "id"
-- since: 17
-- setup:
CREATE TABLE archive (id bigint GENERATED ALWAYS AS IDENTITY, happened date NOT NULL);
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: a partition already
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: "events_2025" is already a partition
-- statement:
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: to a table without partitions
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: ALTER action ATTACH PARTITION cannot be performed on relation "accounts"
-- setup:
CREATE TABLE archive (id bigint NOT NULL, name text NOT NULL);
-- statement:
ALTER TABLE accounts ATTACH PARTITION archive FOR VALUES FROM (1) TO (10);
-- case: a second default partition
-- expect: unsafe attach-partition-refused
-- blind: caution attach-partition-scan
-- fails: conflicts with existing default partition
-- setup:
CREATE TABLE rest PARTITION OF events DEFAULT;
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL);
-- statement:
ALTER TABLE events ATTACH PARTITION archive DEFAULT;
-- case: its columns in another order, and a constraint of its own
-- expect: safe
-- statement:
CREATE TABLE archive (happened date NOT NULL CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'), id bigint NOT NULL UNIQUE);
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
