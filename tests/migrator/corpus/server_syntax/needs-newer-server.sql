-- case: virtual column before PostgreSQL 18
-- expect: unsafe needs-newer-server
-- until: 17
-- fails: syntax error at or near "VIRTUAL"
ALTER TABLE users ADD COLUMN lower_email text GENERATED ALWAYS AS (lower(email)) VIRTUAL;
-- case: virtual column
-- expect: safe
-- since: 18
ALTER TABLE users ADD COLUMN lower_email text GENERATED ALWAYS AS (lower(email)) VIRTUAL;
-- case: NOT NULL constraint before PostgreSQL 18
-- expect: unsafe needs-newer-server
-- until: 17
-- fails: syntax error at or near "NOT"
ALTER TABLE users ADD CONSTRAINT email_set NOT NULL email NOT VALID;
-- case: NOT ENFORCED before PostgreSQL 18
-- expect: unsafe needs-newer-server
-- until: 17
-- fails: syntax error at or near "ENFORCED"
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT ENFORCED;
-- case: expression changed before PostgreSQL 17
-- expect: unsafe needs-newer-server change-identity
-- until: 16
-- fails: syntax error at or near "EXPRESSION"
-- setup:
ALTER TABLE users ADD COLUMN doubled integer GENERATED ALWAYS AS (age * 2) STORED;
-- statement:
ALTER TABLE users ALTER COLUMN doubled SET EXPRESSION AS (age * 3);
