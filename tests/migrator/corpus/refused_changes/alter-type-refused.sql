-- case: column that a policy uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used in a policy definition
-- setup:
CREATE POLICY grown ON users USING (age > 17);
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a policy of another table uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used in a policy definition
-- setup:
CREATE POLICY grown ON orders USING (EXISTS (SELECT FROM users u WHERE u.id = user_id AND age > 17));
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a trigger OF it uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used in a trigger definition
-- setup:
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION note();
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a trigger WHEN it differs uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used in a trigger definition
-- setup:
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE ON users FOR EACH ROW WHEN (old.age <> new.age) EXECUTE FUNCTION note();
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a generated column uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a generated column
-- setup:
ALTER TABLE users ADD COLUMN months integer GENERATED ALWAYS AS (age * 12) STORED;
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a rule uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a view or rule
-- setup:
CREATE RULE aged AS ON INSERT TO accounts DO ALSO UPDATE users SET age = 1 WHERE account_id = new.id;
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a function's parsed body uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a function or procedure
-- setup:
CREATE FUNCTION oldest() RETURNS integer RETURN (SELECT max(age) FROM users);
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a procedure's parsed body uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a function or procedure
-- setup:
CREATE PROCEDURE rejuvenate() BEGIN ATOMIC UPDATE users SET age = 1; END;
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a publication's list of columns uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a publication WHERE clause
-- setup:
CREATE PUBLICATION feed FOR TABLE users (id, age);
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: column that a publication's filter uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter type of a column used by a publication WHERE clause
-- setup:
ALTER TABLE users REPLICA IDENTITY FULL;
CREATE PUBLICATION feed FOR TABLE users WHERE (age > 1);
-- statement:
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: the same type of a column that a policy uses
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: used in a policy definition
-- setup:
CREATE POLICY grown ON users USING (name <> '');
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE varchar(50);
-- case: column whose reader the file made
-- expect: unsafe alter-type-refused
-- fails: used in a policy definition
CREATE TABLE docs (id bigint PRIMARY KEY, owner varchar(9));
CREATE POLICY own ON docs USING (owner = current_user);
ALTER TABLE docs ALTER COLUMN owner TYPE text;
-- case: column that neither policy nor trigger uses
-- expect: safe
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE POLICY grown ON users USING (age > 17);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER noted BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION note();
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE text;
-- case: column whose policy is made anew around it
-- expect: caution
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE POLICY named ON users USING (name <> '');
-- statement:
BEGIN;
DROP POLICY named ON users;
ALTER TABLE users ALTER COLUMN name TYPE text;
CREATE POLICY named ON users USING (name <> '');
COMMIT;
-- case: column with an index on an expression and statistics
-- expect: unsafe alter-type-index-rebuild
-- blind: unsafe alter-type-rewrite
-- setup:
CREATE INDEX ON users (lower(name));
CREATE STATISTICS s ON name, id FROM users;
-- statement:
ALTER TABLE users ALTER COLUMN name TYPE text;
-- case: column of a partition key
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: part of the partition key
ALTER TABLE events ALTER COLUMN happened TYPE timestamp;
-- case: column of a partition
-- expect: unsafe alter-type-refused
-- blind: unsafe alter-type-rewrite
-- fails: cannot alter inherited column
ALTER TABLE events_2025 ALTER COLUMN id TYPE numeric;
