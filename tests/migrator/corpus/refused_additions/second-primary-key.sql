-- case: of a table that has one
-- expect: unsafe second-primary-key
-- fails: multiple primary keys for table "books" are not allowed
CREATE TABLE books (id bigint PRIMARY KEY, isbn text NOT NULL);
ALTER TABLE books ADD PRIMARY KEY (isbn);
-- case: with a new column
-- expect: unsafe second-primary-key
-- blind: unsafe add-column-required add-column-unique
-- fails: multiple primary keys for table "books" are not allowed
-- setup:
CREATE TABLE books (id bigint PRIMARY KEY, isbn text NOT NULL);
-- statement:
ALTER TABLE books ADD COLUMN key bigint PRIMARY KEY;
-- case: in place of the one that it had
-- expect: safe
CREATE TABLE books (id bigint PRIMARY KEY, isbn text NOT NULL);
ALTER TABLE books DROP CONSTRAINT books_pkey, ADD PRIMARY KEY (isbn);
