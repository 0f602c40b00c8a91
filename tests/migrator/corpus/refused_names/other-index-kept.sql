-- case: another column
-- expect: caution other-index-kept
-- blind: caution concurrently-leaves-invalid
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email, age);
-- case: unique
-- expect: caution other-index-kept
-- blind: caution concurrently-leaves-invalid
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);
-- case: the same
-- expect: caution concurrently-leaves-invalid
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);
-- case: the same, while writes would wait
-- expect: safe
-- blind: unsafe create-index
CREATE INDEX IF NOT EXISTS users_email_idx ON users (email);
