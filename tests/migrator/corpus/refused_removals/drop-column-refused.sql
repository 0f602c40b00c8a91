-- case: column that a view reads
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE VIEW ages AS SELECT u.id, o.total FROM users u JOIN orders o ON o.user_id = u.id WHERE u.age > 1;
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a view beside it does not read, in a contract file
-- expect: safe
-- setup:
CREATE VIEW ages AS SELECT id, age FROM users;
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN code;
-- case: column that a view read before, in a contract file
-- expect: safe
-- setup:
CREATE VIEW ages AS SELECT id, age FROM users;
-- statement:
-- migrator: phase contract
CREATE OR REPLACE VIEW ages AS SELECT id, id::int AS age FROM users;
ALTER TABLE users DROP COLUMN age;
-- case: column that a foreign key references
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column id of table users because other objects depend on it
ALTER TABLE users DROP COLUMN id;
-- case: column that a foreign key of the same table references, in a contract file
-- expect: unsafe drop-column-refused
-- blind: safe
-- fails: cannot drop column id of table tree because other objects depend on it
-- setup:
CREATE TABLE tree (id bigint UNIQUE, parent bigint REFERENCES tree (id), name text);
-- statement:
-- migrator: phase contract
ALTER TABLE tree DROP COLUMN id;
-- case: column that a view and a foreign key know by its former name, in a contract file
-- expect: unsafe drop-column-refused
-- blind: unsafe rename-column
-- fails: cannot drop column number of table users because other objects depend on it
-- setup:
CREATE VIEW ids AS SELECT id FROM users;
-- statement:
-- migrator: phase contract
ALTER TABLE users RENAME COLUMN id TO number;
ALTER TABLE users ADD COLUMN id bigint;
ALTER TABLE users DROP COLUMN id;
ALTER TABLE users DROP COLUMN number;
-- case: column whose view went with another column, in a contract file
-- expect: safe
-- setup:
CREATE VIEW ages AS SELECT id, age, code FROM users;
CREATE VIEW codes AS SELECT ages.id, users.code FROM ages JOIN users USING (id);
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age CASCADE;
ALTER TABLE users DROP COLUMN code;
-- case: column that a view reads from a part of the table
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: because other objects depend on them
-- setup:
CREATE VIEW old_events AS SELECT id FROM events_2025;
-- statement:
ALTER TABLE events DROP COLUMN id;
-- case: column that a policy uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE POLICY grown ON users USING (age > 17);
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a policy of another table uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE POLICY grown ON orders USING (EXISTS (SELECT FROM users u WHERE u.id = user_id AND age > 17));
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a trigger OF it uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION note();
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a trigger WHEN it differs uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE ON users FOR EACH ROW WHEN (old.age <> new.age) EXECUTE FUNCTION note();
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a generated column uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
ALTER TABLE users ADD COLUMN months integer GENERATED ALWAYS AS (age * 12) STORED;
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a rule uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE RULE aged AS ON INSERT TO accounts DO ALSO UPDATE users SET age = 1 WHERE account_id = new.id;
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a function's parsed body uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE FUNCTION oldest() RETURNS integer RETURN (SELECT max(age) FROM users);
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a procedure's parsed body uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE PROCEDURE rejuvenate() BEGIN ATOMIC UPDATE users SET age = 1; END;
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a publication's list of columns uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
CREATE PUBLICATION feed FOR TABLE users (id, age);
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column that a publication's filter uses
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column age of table users because other objects depend on it
-- setup:
ALTER TABLE users REPLICA IDENTITY FULL;
CREATE PUBLICATION feed FOR TABLE users WHERE (age > 1);
-- statement:
ALTER TABLE users DROP COLUMN age;
-- case: column with its indexes, checks and statistics, in a contract file
-- expect: safe
-- setup:
CREATE INDEX ON users (age) INCLUDE (code);
CREATE INDEX ON users (email) WHERE age > 1;
CREATE INDEX ON users ((age + 1));
ALTER TABLE users ADD CHECK (age > id - 1000), ALTER COLUMN age SET DEFAULT 1;
CREATE STATISTICS s ON age, id FROM users;
CREATE SEQUENCE ages OWNED BY users.age;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE ON users FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION note();
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: column that others name in texts alone, in a contract file
-- expect: safe
-- setup:
CREATE POLICY grown ON users USING (age > 17);
CREATE FUNCTION oldest() RETURNS integer RETURN (SELECT max(age) FROM users);
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN code;
-- case: column whose readers the file made, in a contract file
-- expect: unsafe drop-column-refused
-- fails: cannot drop column owner of table docs because other objects depend on it
-- migrator: phase contract
CREATE TABLE docs (id bigint PRIMARY KEY, owner text, secret text);
CREATE POLICY own ON docs USING (owner = current_user);
ALTER TABLE docs DROP COLUMN owner;
-- case: column whose reader the file dropped before
-- expect: caution
CREATE TABLE docs (id bigint PRIMARY KEY, owner text);
CREATE POLICY own ON docs USING (owner = current_user);
DROP POLICY own ON docs;
ALTER TABLE docs DROP COLUMN owner;
-- case: column that a policy no longer uses, in a contract file
-- expect: safe
-- setup:
CREATE POLICY grown ON users USING (age > 17);
-- statement:
-- migrator: phase contract
ALTER POLICY grown ON users USING (id > 17);
ALTER TABLE users DROP COLUMN age;
-- case: columns of which a view of the file reads one, in a contract file
-- expect: unsafe drop-column-refused
-- fails: cannot drop column owner of table docs because other objects depend on it
-- migrator: phase contract
CREATE TABLE docs (id bigint PRIMARY KEY, owner text, secret text);
CREATE VIEW owned AS SELECT d.id, owner FROM docs d JOIN accounts a ON a.name = d.owner;
ALTER TABLE docs DROP COLUMN secret;
ALTER TABLE docs DROP COLUMN owner;
-- case: column with CASCADE, in a contract file
-- expect: safe
-- setup:
CREATE POLICY grown ON users USING (age > 17);
ALTER TABLE users ADD COLUMN months integer GENERATED ALWAYS AS (age * 12) STORED;
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age CASCADE;
-- case: column of a partition key
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: part of the partition key
ALTER TABLE events DROP COLUMN happened CASCADE;
-- case: column of a partition
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop inherited column
ALTER TABLE events_2025 DROP COLUMN id;
-- case: column whose sequence another column draws from
-- expect: unsafe drop-column-refused
-- blind: unsafe drop-column
-- fails: cannot drop column id of table plain because other objects depend on it
-- setup:
CREATE TABLE plain (id serial, number bigint);
ALTER TABLE plain ALTER COLUMN number SET DEFAULT nextval('plain_id_seq');
-- statement:
ALTER TABLE plain DROP COLUMN id;
-- case: column whose sequence has gone to the other, in a contract file
-- expect: safe
-- setup:
CREATE TABLE plain (id serial, number bigint);
ALTER TABLE plain ALTER COLUMN number SET DEFAULT nextval('plain_id_seq');
-- statement:
-- migrator: phase contract
ALTER SEQUENCE plain_id_seq OWNED BY plain.number;
ALTER TABLE plain DROP COLUMN id;
-- case: column whose key went with the foreign keys that reference it, in a contract file
-- expect: caution drop-foreign-key-locks-parent
-- statement:
-- migrator: phase contract
ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;
ALTER TABLE users DROP COLUMN id;
