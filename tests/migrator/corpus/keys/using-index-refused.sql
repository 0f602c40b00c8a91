-- case: unique constraint from an index of a partitioned table
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables
-- setup:
CREATE UNIQUE INDEX events_key ON events (id, happened);
-- statement:
ALTER TABLE events ADD CONSTRAINT events_key UNIQUE USING INDEX events_key;
-- case: primary key from an index of a partitioned table
-- expect: unsafe using-index-refused
-- blind: caution add-primary-key
-- fails: ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables
-- setup:
CREATE UNIQUE INDEX events_key ON events (id, happened);
-- statement:
ALTER TABLE events ADD CONSTRAINT events_key PRIMARY KEY USING INDEX events_key;
-- case: unique constraint from an index of a partition
-- expect: safe
-- setup:
CREATE UNIQUE INDEX events_2025_key ON events_2025 (id, happened);
-- statement:
ALTER TABLE events_2025 ADD CONSTRAINT events_2025_key UNIQUE USING INDEX events_2025_key;
-- case: from an index that is not unique
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: "users_email_idx" is not a unique index
-- statement:
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_idx;
-- case: from an index of some rows
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: "users_adult" is a partial index
-- setup:
CREATE UNIQUE INDEX users_adult ON users (id) WHERE age > 17;
-- statement:
ALTER TABLE users ADD CONSTRAINT users_adult UNIQUE USING INDEX users_adult;
-- case: from an index of an expression
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: index "users_lower" contains expressions
-- setup:
CREATE UNIQUE INDEX users_lower ON users (lower(email));
-- statement:
ALTER TABLE users ADD CONSTRAINT users_lower UNIQUE USING INDEX users_lower;
-- case: from an index of another order
-- expect: unsafe using-index-refused
-- fails: does not have default sorting behavior
-- statement:
CREATE UNIQUE INDEX CONCURRENTLY users_latest ON users (id DESC);
ALTER TABLE users ADD CONSTRAINT users_latest UNIQUE USING INDEX users_latest;
-- case: from an index of another table
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: does not belong to table "users"
-- setup:
CREATE UNIQUE INDEX accounts_name ON accounts (name);
-- statement:
ALTER TABLE users ADD CONSTRAINT users_name UNIQUE USING INDEX accounts_name;
-- case: from an index of another constraint
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: index "users_pkey" is already associated with a constraint
-- statement:
ALTER TABLE users ADD CONSTRAINT users_id UNIQUE USING INDEX users_pkey;
-- case: from an index that a failed build has left
-- expect: unsafe using-index-refused
-- blind: safe
-- fails: index "users_age" is not valid
-- setup:
CREATE UNIQUE INDEX users_age ON users (id, age);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_age'::regclass;
-- statement:
ALTER TABLE users ADD CONSTRAINT users_age UNIQUE USING INDEX users_age;
-- case: from an index in ascending order with another column beside its key
-- expect: safe
-- setup:
CREATE UNIQUE INDEX users_key ON users (id ASC NULLS LAST) INCLUDE (email);
-- statement:
ALTER TABLE users ADD CONSTRAINT users_key UNIQUE USING INDEX users_key;
