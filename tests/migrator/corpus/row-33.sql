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
-- case: column of a domain with a check
-- expect: unsafe add-column-domain
-- blind: safe
-- setup:
CREATE DOMAIN positive AS integer CHECK (value > 0);
-- statement:
ALTER TABLE users ADD COLUMN points positive;
-- case: column of a domain without one
-- expect: safe
-- setup:
CREATE DOMAIN anything AS integer;
-- statement:
ALTER TABLE users ADD COLUMN points anything;
-- case: check of a domain validated
-- expect: unsafe domain-constraint
-- setup:
CREATE DOMAIN amount AS integer;
CREATE TABLE sums AS SELECT g AS id, g::amount AS total FROM generate_series(1, 100) g;
ALTER DOMAIN amount ADD CONSTRAINT amount_positive CHECK (value > 0) NOT VALID;
-- statement:
ALTER DOMAIN amount VALIDATE CONSTRAINT amount_positive;
-- case: column of a domain made of one with a check
-- expect: unsafe add-column-domain
-- blind: safe
-- setup:
CREATE DOMAIN positive AS integer CHECK (value > 0);
CREATE DOMAIN points AS positive DEFAULT 1;
-- statement:
ALTER TABLE users ADD COLUMN points points;
