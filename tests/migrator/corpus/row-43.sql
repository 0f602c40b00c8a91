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
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table
DROP TABLE users CASCADE;
-- case: table that is referenced, with CASCADE, in a contract file
-- expect: unsafe drop-table-locks-parents
-- blind: caution drop-table-locks-parents
-- migrator: phase contract
DROP TABLE users CASCADE;
-- case: table whose rows are the values of a column
-- expect: unsafe drop-table
-- setup:
CREATE TABLE pairs (x int, y int);
CREATE TABLE lines (ends pairs);
-- statement:
DROP TABLE pairs CASCADE;
-- case: partition
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table
DROP TABLE events_2025;
