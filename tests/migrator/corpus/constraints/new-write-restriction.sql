-- case: NOT VALID check
-- expect: info new-write-restriction
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
-- case: unique index
-- expect: info new-write-restriction
CREATE UNIQUE INDEX CONCURRENTLY users_email_unique ON users (email);
-- case: index that is not unique
-- expect: safe
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
