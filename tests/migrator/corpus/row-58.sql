-- case: no IF NOT EXISTS outside a transaction
-- expect: info not-rerunnable
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS title text;
