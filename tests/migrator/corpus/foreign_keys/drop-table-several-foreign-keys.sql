-- case: drop of a table with two foreign keys
-- expect: unsafe drop-table-several-foreign-keys
-- blind: unsafe drop-table
-- setup:
CREATE TABLE links (user_id bigint REFERENCES users (id), account_id bigint REFERENCES accounts (id));
-- statement:
DROP TABLE links;
-- case: drop of a table with two foreign keys to one table
-- expect: unsafe drop-table drop-table-locks-parents
-- blind: unsafe drop-table
-- setup:
CREATE TABLE links (user_id bigint REFERENCES users (id), friend_id bigint REFERENCES users (id));
-- statement:
DROP TABLE links;
