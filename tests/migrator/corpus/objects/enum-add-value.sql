-- case: new value
-- expect: caution enum-add-value
-- setup:
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- statement:
ALTER TYPE mood ADD VALUE 'happy';
-- case: new value used at once
-- expect: unsafe enum-add-value
-- fails: unsafe use of new value "happy" of enum type mood
-- setup:
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE diary (feeling mood);
-- statement:
BEGIN;
ALTER TYPE mood ADD VALUE 'happy';
INSERT INTO diary VALUES ('happy');
COMMIT;
-- case: new value of a type that the file itself makes
-- expect: safe
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TYPE mood ADD VALUE 'happy';
