-- case: attach with the parent's foreign key
-- expect: caution attach-partition-locks-referenced
-- blind: caution attach-partition-scan
-- setup:
DELETE FROM events;
ALTER TABLE events ADD CONSTRAINT events_user FOREIGN KEY (id) REFERENCES users (id);
CREATE TABLE archive (id bigint NOT NULL, happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'), FOREIGN KEY (id) REFERENCES users (id));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- case: attach with a foreign key that the parent lacks
-- expect: safe
-- blind: caution attach-partition-scan
-- setup:
CREATE TABLE archive (id bigint NOT NULL REFERENCES users (id), happened date NOT NULL, CONSTRAINT bound CHECK (happened >= '2027-01-01' AND happened < '2028-01-01'));
INSERT INTO archive VALUES (1, '2027-05-01');
-- statement:
ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
