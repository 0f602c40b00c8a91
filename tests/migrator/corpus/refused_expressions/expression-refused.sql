-- case: default that is a word
-- expect: unsafe expression-refused
-- fails: cannot use column reference in DEFAULT expression
ALTER TABLE users ADD COLUMN state text DEFAULT pending;
-- case: default that is another column
-- expect: unsafe expression-refused
-- fails: cannot use column reference in DEFAULT expression
ALTER TABLE users ALTER COLUMN email SET DEFAULT name;
-- case: default that is a query
-- expect: unsafe expression-refused
-- fails: cannot use subquery in DEFAULT expression
CREATE TABLE notes (id bigint PRIMARY KEY, account_id bigint DEFAULT (SELECT min(id) FROM accounts));
-- case: check with a query
-- expect: unsafe expression-refused
-- fails: cannot use subquery in check constraint
ALTER TABLE users ADD CONSTRAINT of_account CHECK (account_id IN (SELECT id FROM accounts)) NOT VALID;
-- case: conversion with a query
-- expect: unsafe expression-refused
-- fails: cannot use subquery in transform expression
ALTER TABLE users ALTER COLUMN account_id TYPE text USING (SELECT name FROM accounts WHERE accounts.id = account_id);
-- case: constants, casts and functions
-- expect: safe
ALTER TABLE users ADD COLUMN state text DEFAULT 'pending'::text;
ALTER TABLE users ADD COLUMN at timestamptz DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE users ADD COLUMN by_whom text DEFAULT current_user;
ALTER TABLE users ADD COLUMN tags text[] DEFAULT ARRAY[]::text[];
ALTER TABLE users ADD COLUMN active boolean DEFAULT true;
ALTER TABLE users ADD CONSTRAINT named CHECK (name IN ('a', 'b') OR name = ANY (ARRAY['c'])) NOT VALID;
