-- case: attach beside a default partition
-- expect: unsafe attach-partition-scans-default
-- blind: caution attach-partition-scan
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events VALUES (1, '2030-01-01');
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: like, check and attach beside a default partition
-- expect: unsafe attach-partition-scans-default
-- blind: safe
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events VALUES (1, '2030-01-01');
-- statement:
CREATE TABLE events_2027 (LIKE events INCLUDING ALL EXCLUDING IDENTITY, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach beside a default partition that a check keeps apart
-- expect: safe
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events VALUES (1, '2030-01-01');
-- statement:
ALTER TABLE events_rest ADD CONSTRAINT elsewhere CHECK (NOT (happened >= '2027-01-01' AND happened < '2028-01-01')) NOT VALID;
ALTER TABLE events_rest VALIDATE CONSTRAINT elsewhere;
CREATE TABLE events_2027 (LIKE events INCLUDING ALL EXCLUDING IDENTITY, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach beside a default partition that is partitioned
-- expect: unsafe attach-partition-scans-default
-- blind: caution attach-partition-scan
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (id);
CREATE TABLE events_rest_all PARTITION OF events_rest DEFAULT;
INSERT INTO events VALUES (1, '2030-01-01');
CREATE TABLE archive (LIKE events);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
