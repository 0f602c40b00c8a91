-- case: four columns
-- expect: info wide-index
CREATE INDEX CONCURRENTLY users_wide_idx ON users (account_id, name, age, created);
-- case: three columns
-- expect: safe
CREATE INDEX CONCURRENTLY users_wide_idx ON users (account_id, name, age);
