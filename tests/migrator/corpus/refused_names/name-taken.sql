-- case: index of another table
-- expect: unsafe name-taken
-- blind: safe
-- fails: relation "users_email_idx" already exists
CREATE INDEX CONCURRENTLY users_email_idx ON accounts (name);
-- case: table
-- expect: unsafe name-taken
-- blind: safe
-- fails: relation "accounts" already exists
CREATE TABLE accounts (id bigint PRIMARY KEY);
-- case: column
-- expect: unsafe name-taken
-- blind: safe
-- fails: column "age" of relation "users" already exists
ALTER TABLE users ADD COLUMN age integer;
-- case: constraint
-- expect: unsafe name-taken
-- blind: safe
-- fails: constraint "orders_total_check" for relation "orders" already exists
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total > 1) NOT VALID;
-- case: index of a name that was given up, of another schema, and where it is looked up first
-- expect: safe
-- setup:
ALTER INDEX users_email_idx RENAME TO users_mail;
ALTER TABLE accounts RENAME CONSTRAINT accounts_pkey TO accounts_key;
CREATE SCHEMA app;
CREATE TABLE app.notes (id bigint, at date);
-- statement:
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
CREATE INDEX CONCURRENTLY accounts_pkey ON accounts (name);
CREATE INDEX CONCURRENTLY users_created_idx ON app.notes (at);
ALTER TABLE users ADD COLUMN IF NOT EXISTS age integer;
CREATE TABLE IF NOT EXISTS accounts (id bigint);
-- case: column in place of one that is dropped, in a contract file
-- expect: safe
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
ALTER TABLE users ADD COLUMN age bigint;
-- case: a key that was written beside the primary key, and is none of its own
-- expect: safe
CREATE TABLE books (id bigint, CONSTRAINT books_id UNIQUE (id), PRIMARY KEY (id), UNIQUE (id) DEFERRABLE);
ALTER TABLE books ADD CONSTRAINT books_pkey UNIQUE (id);
-- case: the name that a primary key has from one
-- expect: unsafe name-taken
-- fails: relation "books_id" already exists
CREATE TABLE books (id bigint, CONSTRAINT books_id UNIQUE (id), PRIMARY KEY (id));
ALTER TABLE books ADD CONSTRAINT books_id UNIQUE (id);
