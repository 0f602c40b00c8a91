-- case: variable that is given when psql is called
-- expect: caution psql-command
-- trace: no, only psql knows it
SET lock_timeout = '1s';
ALTER TABLE :"accounts" ADD COLUMN nickname text;
-- case: branch
-- expect: unsafe psql-command drop-table
-- trace: no, only psql knows it
\if :{?clean}
DROP TABLE orders;
\endif
-- case: another session
-- expect: caution psql-command
-- trace: no, only psql knows it
SET lock_timeout = '1min';
\connect app
SET lock_timeout = '1s';
ALTER TABLE users ADD COLUMN nickname text;
-- case: commands that change nothing, a variable that is set, and rows
-- expect: safe
-- trace: no, only psql knows it
\echo adding it
SET lock_timeout = '1s';
ALTER TABLE users ADD COLUMN nickname text, ADD COLUMN big int;
COPY accounts (id, name) FROM STDIN;
1	DROP TABLE users;
\.
\d users
-- case: backslash in a string, colon in a cast
-- expect: safe
SELECT E'a\'
\b', '
\if', 1::int;
