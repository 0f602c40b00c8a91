-- case: partition of
-- expect: unsafe create-partition
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: like, check and attach
-- expect: safe
CREATE TABLE events_2027 (LIKE events INCLUDING ALL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: partition beside a default partition
-- expect: unsafe create-partition
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events VALUES (1, '2030-01-01');
-- statement:
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: like, check and attach to a parent with an identity
-- expect: safe
-- setup:
DROP TABLE events;
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, happened date NOT NULL) PARTITION BY RANGE (happened);
-- statement:
CREATE TABLE events_2027 (LIKE events INCLUDING ALL EXCLUDING IDENTITY, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: partition beside a default partition that is partitioned
-- expect: unsafe create-partition
-- setup:
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (id);
CREATE TABLE events_rest_all PARTITION OF events_rest DEFAULT;
INSERT INTO events VALUES (1, '2030-01-01');
-- statement:
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
