-- case: plain SET NOT NULL
-- expect: unsafe set-not-null
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- case: after a validated check
-- expect: safe
-- blind: unsafe set-not-null
-- setup:
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL);
-- statement:
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- case: the four steps
-- expect: safe
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT email_set;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT email_set;
-- case: the two steps of PostgreSQL 18
-- expect: safe
-- since: 18
ALTER TABLE users ADD CONSTRAINT email_set NOT NULL email NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT email_set;
-- case: NOT NULL constraint of PostgreSQL 18, tested at once
-- expect: unsafe add-check
-- since: 18
ALTER TABLE users ADD CONSTRAINT email_set NOT NULL email;
-- case: SET NOT NULL on a partitioned table
-- expect: unsafe set-not-null
-- setup:
ALTER TABLE events ADD COLUMN kind text DEFAULT 'x';
-- statement:
ALTER TABLE events ALTER COLUMN kind SET NOT NULL;
