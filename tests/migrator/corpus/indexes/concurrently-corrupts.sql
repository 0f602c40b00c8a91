-- case: index on PostgreSQL 14.2
-- expect: unsafe concurrently-corrupts
-- judged-for: 14.2
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: index on an unknown PostgreSQL 14
-- expect: caution concurrently-corrupts
-- judged-for: 14
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
-- case: rebuilt on PostgreSQL 14.3
-- expect: unsafe concurrently-corrupts
-- judged-for: 14.3
REINDEX INDEX CONCURRENTLY users_email_idx;
-- case: index on PostgreSQL 14.4
-- expect: safe
-- judged-for: 14.4
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
