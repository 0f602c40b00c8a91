-- case: the two steps of PostgreSQL 18
-- expect: safe
-- since: 18
ALTER TABLE users ADD CONSTRAINT email_set NOT NULL email NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT email_set;
-- case: NOT NULL constraint of PostgreSQL 18, tested at once
-- expect: unsafe add-check
-- since: 18
ALTER TABLE users ADD CONSTRAINT email_set NOT NULL email;
-- case: the two steps of PostgreSQL 18 on a partitioned table
-- expect: safe
-- since: 18
-- setup:
ALTER TABLE events ADD COLUMN kind text DEFAULT 'x';
-- statement:
ALTER TABLE events ADD CONSTRAINT kind_set NOT NULL kind NOT VALID;
ALTER TABLE events VALIDATE CONSTRAINT kind_set;
-- case: check
-- expect: unsafe add-check
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200);
-- case: check NOT VALID, then VALIDATE
-- expect: safe
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT age_sane;
-- case: check NOT ENFORCED
-- expect: safe
-- since: 18
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT ENFORCED;
