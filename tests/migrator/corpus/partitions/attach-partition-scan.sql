-- case: attach of a table in use
-- expect: caution attach-partition-scan
-- setup:
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
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
-- setup:
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE archive ADD CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01') NOT VALID;
ALTER TABLE archive VALIDATE CONSTRAINT bound;
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach behind a check of another column
-- expect: caution attach-partition-scan
-- setup:
CREATE TABLE archive (id bigint NOT NULL CHECK (id > 0), happened date NOT NULL);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach behind a check of a column that unique keys have no part in
-- expect: caution attach-partition-scan
-- setup:
ALTER TABLE events ADD COLUMN seen date NOT NULL DEFAULT '2027-01-01', ADD PRIMARY KEY (id, happened);
CREATE TABLE archive (LIKE events INCLUDING ALL, CHECK (seen > '2020-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach behind a check of a column that has the key's type
-- expect: caution attach-partition-scan
-- setup:
ALTER TABLE events ADD COLUMN seen date NOT NULL DEFAULT '2027-01-01';
CREATE TABLE archive (LIKE events INCLUDING ALL, CHECK (seen > '2020-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach behind a check that lets NULL pass
-- expect: caution attach-partition-scan
-- setup:
ALTER TABLE events ALTER COLUMN happened DROP NOT NULL;
CREATE TABLE archive (LIKE events, CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach with the parent's index
-- expect: safe
-- blind: caution attach-partition-scan
-- setup:
CREATE INDEX events_id ON events (id);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
CREATE INDEX archive_id ON archive (id);
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach without the parent's index
-- expect: caution attach-partition-scan
-- setup:
CREATE INDEX events_id ON events (id);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach with an index in place of the parent's key
-- expect: caution attach-partition-scan
-- setup:
ALTER TABLE events ADD CONSTRAINT events_key UNIQUE (id, happened);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
CREATE UNIQUE INDEX archive_key ON archive (id, happened);
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach with the parent's key
-- expect: safe
-- blind: caution attach-partition-scan
-- setup:
ALTER TABLE events ADD CONSTRAINT events_key UNIQUE (id, happened);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'), UNIQUE (id, happened));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach without the parent's foreign key
-- expect: caution attach-partition-scan
-- setup:
DELETE FROM events;
ALTER TABLE events ADD CONSTRAINT events_user FOREIGN KEY (id) REFERENCES users (id);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach with the parent's foreign key, not valid
-- expect: caution attach-partition-scan
-- setup:
DELETE FROM events;
ALTER TABLE events ADD CONSTRAINT events_user FOREIGN KEY (id) REFERENCES users (id);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
ALTER TABLE archive ADD FOREIGN KEY (id) REFERENCES users (id) NOT VALID;
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach with one index for two of the parent
-- expect: caution attach-partition-scan
-- setup:
CREATE INDEX events_id ON events (id);
CREATE INDEX events_id_again ON events (id);
CREATE TABLE archive (LIKE events, CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
CREATE INDEX archive_id ON archive (id);
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach to a list that holds NULL
-- expect: safe
-- blind: caution attach-partition-scan
-- setup:
CREATE TABLE animals (id bigint NOT NULL, kind text) PARTITION BY LIST (kind);
CREATE TABLE dogs (id bigint NOT NULL CHECK (id > 0), kind text, CHECK (kind IS NULL OR kind = 'dog'));
INSERT INTO dogs VALUES (1, 'dog');
-- statement:
ALTER TABLE animals ATTACH PARTITION dogs FOR VALUES IN ('dog', NULL);
-- case: attach by numbers behind a check of a date
-- expect: caution attach-partition-scan
-- setup:
CREATE TABLE visits (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE old_visits (id bigint NOT NULL, day date NOT NULL CHECK (day > '2020-01-01'));
INSERT INTO old_visits VALUES (1, '2021-01-01');
-- statement:
ALTER TABLE visits ATTACH PARTITION old_visits FOR VALUES FROM (0) TO (100);
