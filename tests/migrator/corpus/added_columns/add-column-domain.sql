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
-- case: column of a domain made of one with a check
-- expect: unsafe add-column-domain
-- blind: safe
-- setup:
CREATE DOMAIN positive AS integer CHECK (value > 0);
CREATE DOMAIN points AS positive DEFAULT 1;
-- statement:
ALTER TABLE users ADD COLUMN points points;
