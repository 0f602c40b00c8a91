-- case: table with a foreign key
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table drop-table-locks-parents
DROP TABLE orders;
-- case: table that is referenced, with CASCADE
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table drop-table-locks-parents
DROP TABLE users CASCADE;
-- case: table that is referenced, with CASCADE, in a contract file
-- expect: unsafe drop-table-locks-parents
-- blind: caution drop-table-locks-parents
-- migrator: phase contract
DROP TABLE users CASCADE;
-- case: partition
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table drop-table-locks-parents
DROP TABLE events_2025;
-- case: tables that reference each other, in a contract file
-- expect: safe
-- blind: caution drop-table-locks-parents
-- setup:
CREATE TABLE one (id bigint PRIMARY KEY);
CREATE TABLE two (id bigint PRIMARY KEY, one bigint REFERENCES one (id));
ALTER TABLE one ADD COLUMN two bigint REFERENCES two (id);
-- statement:
-- migrator: phase contract
DROP TABLE one, two;
-- case: tables that go with what reads and references them, in a contract file
-- expect: caution drop-foreign-key-locks-parent
-- blind: caution drop-table-locks-parents
-- setup:
CREATE TABLE one (id bigint PRIMARY KEY);
CREATE TABLE two (id bigint PRIMARY KEY, one bigint REFERENCES one (id));
CREATE VIEW pair AS SELECT one.id FROM one JOIN two ON two.one = one.id;
CREATE VIEW all_of_both AS SELECT pair.id, two.one FROM pair JOIN two USING (id);
-- statement:
-- migrator: phase contract
ALTER TABLE two DROP CONSTRAINT two_one_fkey;
DROP TABLE one CASCADE;
DROP TABLE two;
-- case: partitioned tables that reference each other, in a contract file
-- expect: safe
-- blind: caution drop-table-locks-parents
-- setup:
CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree) PARTITION BY RANGE (id);
CREATE TABLE tree_low PARTITION OF tree FOR VALUES FROM (0) TO (10);
CREATE TABLE leaves (id int, tree int REFERENCES tree) PARTITION BY RANGE (id);
CREATE TABLE leaves_low PARTITION OF leaves FOR VALUES FROM (0) TO (10);
-- statement:
-- migrator: phase contract
DROP TABLE leaves, tree;
