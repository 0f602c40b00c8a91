-- case: key of a published table
-- expect: unsafe lost-replica-identity
-- blind: unsafe drop-constraint
-- setup:
CREATE PUBLICATION changes FOR TABLE accounts;
-- statement:
ALTER TABLE accounts DROP CONSTRAINT accounts_pkey;
-- case: column of it, in a contract file
-- expect: unsafe lost-replica-identity
-- blind: safe
-- setup:
CREATE PUBLICATION changes FOR ALL TABLES;
-- statement:
-- migrator: phase contract
ALTER TABLE accounts DROP COLUMN id;
-- case: index that is the identity
-- expect: unsafe lost-replica-identity
-- blind: safe
-- setup:
CREATE TABLE log (at date NOT NULL, note text);
CREATE UNIQUE INDEX log_at ON log (at);
ALTER TABLE log REPLICA IDENTITY USING INDEX log_at;
CREATE PUBLICATION changes FOR TABLE log;
-- statement:
DROP INDEX CONCURRENTLY log_at;
-- case: nothing
-- expect: unsafe lost-replica-identity
-- blind: caution change-behaviour
-- setup:
CREATE PUBLICATION changes FOR TABLE users;
-- statement:
ALTER TABLE users REPLICA IDENTITY NOTHING;
-- case: another identity, another index, and a table that is not published
-- expect: caution change-behaviour
-- setup:
CREATE PUBLICATION changes FOR TABLE users;
-- statement:
ALTER TABLE users REPLICA IDENTITY FULL;
DROP INDEX CONCURRENTLY users_email_idx;
ALTER TABLE accounts REPLICA IDENTITY NOTHING;
