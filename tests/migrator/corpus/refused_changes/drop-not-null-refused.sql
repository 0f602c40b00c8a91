-- case: of a primary key's column
-- expect: unsafe drop-not-null-refused
-- fails: column "id" is in a primary key
CREATE TABLE books (id bigint PRIMARY KEY, isbn text NOT NULL);
ALTER TABLE books ALTER COLUMN id DROP NOT NULL;
-- case: of an identity column
-- expect: unsafe drop-not-null-refused
-- blind: caution drop-not-null
-- fails: column "id" of relation "books" is an identity column
-- setup:
CREATE TABLE books (id bigint GENERATED ALWAYS AS IDENTITY, isbn text NOT NULL);
-- statement:
ALTER TABLE books ALTER COLUMN id DROP NOT NULL;
-- case: of any other, and of one that was a key
-- expect: safe
CREATE TABLE books (id bigint PRIMARY KEY, isbn text NOT NULL);
ALTER TABLE books ALTER COLUMN isbn DROP NOT NULL;
ALTER TABLE books DROP CONSTRAINT books_pkey, ALTER COLUMN id DROP NOT NULL;
-- case: of a replica identity's column
-- expect: unsafe drop-not-null-refused
-- blind: caution drop-not-null
-- fails: column "name" is in index used as replica identity
-- setup:
CREATE UNIQUE INDEX accounts_name ON accounts (name);
ALTER TABLE accounts REPLICA IDENTITY USING INDEX accounts_name;
-- statement:
ALTER TABLE accounts ALTER COLUMN name DROP NOT NULL;
