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
