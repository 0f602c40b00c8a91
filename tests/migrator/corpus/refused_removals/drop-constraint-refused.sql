-- case: key that a foreign key references
-- expect: unsafe drop-constraint-refused
-- blind: unsafe drop-constraint
-- fails: cannot drop constraint users_pkey on table users because other objects depend on it
ALTER TABLE users DROP CONSTRAINT users_pkey;
-- case: key that a view groups by, in a contract file
-- expect: unsafe drop-constraint-refused
-- blind: caution
-- fails: cannot drop constraint accounts_pkey on table accounts because other objects depend on it
-- setup:
CREATE VIEW named AS SELECT id, name FROM accounts GROUP BY id;
-- statement:
-- migrator: phase contract
ALTER TABLE accounts DROP CONSTRAINT accounts_pkey;
-- case: key that a foreign key of the file references, in a contract file
-- expect: unsafe drop-constraint-refused
-- fails: cannot drop constraint docs_code on table docs because other objects depend on it
-- migrator: phase contract
CREATE TABLE docs (id bigint PRIMARY KEY, code text CONSTRAINT docs_code UNIQUE);
CREATE TABLE pages (doc text REFERENCES docs (code));
ALTER TABLE docs DROP CONSTRAINT docs_code;
-- case: another key of a referenced table, in a contract file
-- expect: safe
-- blind: caution
-- setup:
ALTER TABLE users ADD CONSTRAINT users_code UNIQUE (code);
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP CONSTRAINT users_code;
-- case: constraint that a table inherits
-- expect: unsafe drop-constraint-refused
-- blind: unsafe drop-constraint
-- fails: cannot drop inherited constraint "positive" of relation "young"
-- setup:
CREATE TABLE old (id bigint, CONSTRAINT positive CHECK (id > 0));
CREATE TABLE young () INHERITS (old);
-- statement:
ALTER TABLE young DROP CONSTRAINT positive;
-- case: key of a partition that comes from its table's
-- expect: unsafe drop-constraint-refused
-- blind: unsafe drop-constraint
-- fails: cannot drop inherited constraint "logs_1_pkey" of relation "logs_1"
-- setup:
CREATE TABLE logs (at date PRIMARY KEY) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- statement:
ALTER TABLE logs_1 DROP CONSTRAINT logs_1_pkey;
-- case: constraint that a table has inherited since it was there
-- expect: unsafe drop-constraint-refused
-- fails: cannot drop inherited constraint "positive" of relation "young"
CREATE TABLE old (id bigint);
CREATE TABLE young () INHERITS (old);
ALTER TABLE old ADD CONSTRAINT positive CHECK (id > 0);
ALTER TABLE young DROP CONSTRAINT positive;
