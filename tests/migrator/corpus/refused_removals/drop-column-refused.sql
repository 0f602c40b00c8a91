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
