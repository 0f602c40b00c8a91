-- case: index that is not unique
-- expect: unsafe replica-identity-refused
-- blind: caution change-behaviour
-- fails: cannot use non-unique index "users_email_idx" as replica identity
-- statement:
ALTER TABLE users REPLICA IDENTITY USING INDEX users_email_idx;
-- case: index of a column that may be NULL
-- expect: unsafe replica-identity-refused
-- fails: cannot be used as replica identity because column "email" is nullable
-- blind: caution change-behaviour
-- setup:
CREATE UNIQUE INDEX users_key ON users (email, id);
-- statement:
ALTER TABLE users REPLICA IDENTITY USING INDEX users_key;
-- case: index of some rows
-- expect: unsafe replica-identity-refused
-- blind: caution change-behaviour
-- fails: cannot use partial index "accounts_some" as replica identity
-- setup:
CREATE UNIQUE INDEX accounts_some ON accounts (name) WHERE id > 5;
-- statement:
ALTER TABLE accounts REPLICA IDENTITY USING INDEX accounts_some;
-- case: index of columns that are NOT NULL
-- expect: caution change-behaviour
-- setup:
CREATE UNIQUE INDEX accounts_name ON accounts (name);
-- statement:
ALTER TABLE accounts REPLICA IDENTITY USING INDEX accounts_name;
