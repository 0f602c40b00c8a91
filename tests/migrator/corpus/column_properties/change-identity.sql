-- case: identity added
-- expect: unsafe change-identity
-- setup:
CREATE TABLE plain (id bigint NOT NULL);
-- statement:
ALTER TABLE plain ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
-- case: expression dropped
-- expect: unsafe change-identity
-- setup:
ALTER TABLE users ADD COLUMN doubled integer GENERATED ALWAYS AS (age * 2) STORED;
-- statement:
ALTER TABLE users ALTER COLUMN doubled DROP EXPRESSION;
-- case: expression changed
-- expect: unsafe change-identity
-- since: 18
-- setup:
ALTER TABLE users ADD COLUMN doubled integer GENERATED ALWAYS AS (age * 2) STORED;
-- statement:
ALTER TABLE users ALTER COLUMN doubled SET EXPRESSION AS (age * 3);
-- case: identity of a table that the file itself makes
-- expect: safe
CREATE TABLE labels (id bigint NOT NULL);
ALTER TABLE labels ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
