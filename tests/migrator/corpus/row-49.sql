-- case: partition of
-- expect: unsafe create-partition
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: like, check and attach
-- expect: safe
CREATE TABLE events_2027 (LIKE events INCLUDING ALL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach of a table in use
-- expect: caution attach-partition-scan
-- setup:
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: partition beside a default partition
-- expect: unsafe create-partition
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events VALUES (1, '2030-01-01');
-- statement:
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach of a table with another constraint
-- expect: caution attach-partition-scan
-- setup:
CREATE TABLE archive (id bigint NOT NULL UNIQUE, happened date NOT NULL);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach behind a check that is not validated
-- expect: caution attach-partition-scan
-- setup:
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE archive ADD CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01') NOT VALID;
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach behind a check that is validated
-- expect: safe
-- trace: no, lint claims a scan wherever it cannot tell what the check says
-- setup:
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE archive ADD CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01') NOT VALID;
ALTER TABLE archive VALIDATE CONSTRAINT bound;
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
