-- case: domain with a check
-- expect: caution domain-constraint
CREATE DOMAIN positive AS integer CHECK (value > 0);
-- case: check added to a domain
-- expect: unsafe domain-constraint
-- setup:
CREATE DOMAIN amount AS integer;
CREATE TABLE sums AS SELECT g::amount AS total FROM generate_series(1, 100) g;
-- statement:
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (value > 0);
-- case: check of a domain validated
-- expect: unsafe domain-constraint
-- setup:
CREATE DOMAIN amount AS integer;
CREATE TABLE sums AS SELECT g AS id, g::amount AS total FROM generate_series(1, 100) g;
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (value > 0) NOT VALID;
-- statement:
ALTER DOMAIN amount VALIDATE CONSTRAINT amount_positive;
-- case: domain without a check
-- expect: safe
CREATE DOMAIN amount AS integer;
-- case: check added to a domain, NOT VALID
-- expect: safe
-- setup:
CREATE DOMAIN amount AS integer;
CREATE TABLE sums AS SELECT g::amount AS total FROM generate_series(1, 100) g;
-- statement:
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (value > 0) NOT VALID;
