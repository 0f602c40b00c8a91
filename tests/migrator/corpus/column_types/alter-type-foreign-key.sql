-- case: key that a foreign key references
-- expect: unsafe alter-type-rewrite alter-type-foreign-key
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN id TYPE integer;
-- case: key of a foreign key
-- expect: unsafe alter-type-rewrite alter-type-foreign-key
-- blind: unsafe alter-type-rewrite
ALTER TABLE orders ALTER COLUMN user_id TYPE integer;
-- case: column beside the key that a foreign key references
-- expect: safe
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(100);
