-- case: key whose successor has no numbers, in a contract file
-- expect: unsafe sequence-goes-along
-- blind: unsafe rename-column
-- setup:
CREATE TABLE plain (id serial PRIMARY KEY, a text);
INSERT INTO plain (a) VALUES ('x'), ('y');
ALTER TABLE plain ADD COLUMN number bigint;
-- statement:
-- migrator: phase contract
ALTER TABLE plain DROP COLUMN id;
ALTER TABLE plain RENAME COLUMN number TO id;
-- case: key whose successor has the sequence, in a contract file
-- expect: unsafe rename-column
-- setup:
CREATE TABLE plain (id serial PRIMARY KEY, a text);
INSERT INTO plain (a) VALUES ('x'), ('y');
ALTER TABLE plain ADD COLUMN id_new bigint;
-- statement:
-- migrator: phase contract
ALTER SEQUENCE plain_id_seq AS bigint;
ALTER TABLE plain ALTER COLUMN id_new SET DEFAULT nextval('plain_id_seq');
ALTER SEQUENCE plain_id_seq OWNED BY plain.id_new;
ALTER TABLE plain DROP COLUMN id;
ALTER TABLE plain RENAME COLUMN id_new TO id;
-- case: numbered column without a successor, in a contract file
-- expect: safe
-- setup:
CREATE TABLE plain (id serial PRIMARY KEY, a text);
INSERT INTO plain (a) VALUES ('x'), ('y');
-- statement:
-- migrator: phase contract
ALTER TABLE plain DROP COLUMN id;
