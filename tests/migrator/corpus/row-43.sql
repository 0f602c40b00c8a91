-- case: table with a foreign key
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table
DROP TABLE orders;
-- case: table alone
-- expect: unsafe drop-table
-- setup:
CREATE TABLE plain (id bigint);
-- statement:
DROP TABLE plain;
-- case: table that is referenced, with CASCADE
-- expect: unsafe drop-table
DROP TABLE users CASCADE;
-- case: partition
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table
DROP TABLE events_2025;
