-- case: integer to bigint
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN age TYPE bigint;
-- case: text to varchar(n)
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN email TYPE varchar(200);
-- case: varchar made shorter
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(40);
-- case: numeric with another scale
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN balance TYPE numeric(12, 4);
-- case: integer to text
-- expect: unsafe alter-type-rewrite
alter table users alter column age type text using age::text;
-- case: char(n) made wider
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN code TYPE character(20);
-- case: USING with an expression
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN name TYPE varchar(50) USING upper(name);
-- case: key that a foreign key references
-- expect: unsafe alter-type-rewrite alter-type-foreign-key
-- blind: unsafe alter-type-rewrite
ALTER TABLE users ALTER COLUMN id TYPE integer;
-- case: key of a foreign key
-- expect: unsafe alter-type-rewrite alter-type-foreign-key
-- blind: unsafe alter-type-rewrite
ALTER TABLE orders ALTER COLUMN user_id TYPE integer;
-- case: type of a column that exists and is not added
-- expect: unsafe alter-type-rewrite
ALTER TABLE users ADD COLUMN IF NOT EXISTS age bigint;
ALTER TABLE users ALTER COLUMN age TYPE bigint;
