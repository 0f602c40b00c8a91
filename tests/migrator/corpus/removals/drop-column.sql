-- case: plain column
-- expect: unsafe drop-column
ALTER TABLE users DROP COLUMN age;
-- case: in a contract file
-- expect: info drop-column
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: column that the file itself adds
-- expect: safe
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE users DROP COLUMN nickname;
-- case: attribute of a composite type
-- expect: unsafe drop-column
-- setup:
CREATE TYPE address AS (street text, zip text);
CREATE TABLE homes (id bigint PRIMARY KEY, address address);
-- statement:
ALTER TYPE address DROP ATTRIBUTE zip;
