-- case: drop not null
-- expect: caution drop-not-null
ALTER TABLE orders ALTER COLUMN user_id DROP NOT NULL;
-- case: of a table that the file itself makes
-- expect: safe
CREATE TABLE labels (id bigint PRIMARY KEY, title text NOT NULL);
ALTER TABLE labels ALTER COLUMN title DROP NOT NULL;
