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
-- case: SET NOT NULL on a partitioned table
-- expect: unsafe set-not-null
-- setup:
ALTER TABLE events ADD COLUMN kind text DEFAULT 'x';
-- statement:
ALTER TABLE events ALTER COLUMN kind SET NOT NULL;
-- case: the four steps on a partitioned table
-- expect: safe
-- setup:
ALTER TABLE events ADD COLUMN kind text DEFAULT 'x';
-- statement:
ALTER TABLE events ADD CONSTRAINT kind_set CHECK (kind IS NOT NULL) NOT VALID;
ALTER TABLE events VALIDATE CONSTRAINT kind_set;
ALTER TABLE events ALTER COLUMN kind SET NOT NULL;
ALTER TABLE events DROP CONSTRAINT kind_set;
-- case: the four steps on a table that others inherit from
-- expect: safe
-- setup:
CREATE TABLE animals (name text);
CREATE TABLE dogs () INHERITS (animals);
INSERT INTO animals VALUES ('cat');
INSERT INTO dogs VALUES ('rex');
-- statement:
ALTER TABLE animals ADD CHECK (name IS NOT NULL) NOT VALID;
ALTER TABLE animals VALIDATE CONSTRAINT animals_name_check;
ALTER TABLE animals ALTER COLUMN name SET NOT NULL;
ALTER TABLE animals DROP CONSTRAINT animals_name_check;
-- case: after a validated check that is not inherited
-- expect: unsafe set-not-null
-- blind: safe
-- setup:
CREATE TABLE animals (name text);
CREATE TABLE dogs () INHERITS (animals);
INSERT INTO animals VALUES ('cat');
INSERT INTO dogs VALUES ('rex');
-- statement:
ALTER TABLE ONLY animals ADD CONSTRAINT name_set CHECK (name IS NOT NULL) NO INHERIT NOT VALID;
ALTER TABLE animals VALIDATE CONSTRAINT name_set;
ALTER TABLE animals ALTER COLUMN name SET NOT NULL;
-- case: the four steps where a partition has the check already
-- expect: safe
-- setup:
ALTER TABLE events ADD COLUMN kind text DEFAULT 'x';
ALTER TABLE events_2025 ADD CONSTRAINT kind_set CHECK (kind IS NOT NULL);
-- statement:
ALTER TABLE events ADD CONSTRAINT kind_set CHECK (kind IS NOT NULL) NOT VALID;
ALTER TABLE events VALIDATE CONSTRAINT kind_set;
ALTER TABLE events ALTER COLUMN kind SET NOT NULL;
-- case: after a validated check of two columns
-- expect: safe
-- blind: unsafe set-not-null
-- setup:
ALTER TABLE users ADD CONSTRAINT filled CHECK (email IS NOT NULL AND name IS NOT NULL);
-- statement:
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- case: after a validated check of two columns, one of them renamed
-- expect: unsafe rename-column
-- blind: unsafe rename-column set-not-null
-- setup:
ALTER TABLE users ADD CONSTRAINT filled CHECK (email IS NOT NULL AND name IS NOT NULL);
-- statement:
ALTER TABLE users RENAME COLUMN email TO address;
ALTER TABLE users ALTER COLUMN address SET NOT NULL;
-- case: after a validated check of one column or another
-- expect: unsafe set-not-null
-- setup:
ALTER TABLE users ADD CONSTRAINT filled CHECK (email IS NOT NULL OR name IS NOT NULL);
-- statement:
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- case: after a check that is validated before it
-- expect: safe
-- blind: caution set-not-null
-- setup:
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
-- statement:
ALTER TABLE users VALIDATE CONSTRAINT email_set;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT email_set;
-- case: after another constraint that is validated before it
-- expect: unsafe set-not-null
-- blind: caution set-not-null
-- setup:
ALTER TABLE users ADD CONSTRAINT age_sane CHECK (age < 200) NOT VALID;
-- statement:
ALTER TABLE users VALIDATE CONSTRAINT age_sane;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
