-- case: no IF NOT EXISTS outside a transaction
-- expect: info not-rerunnable
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS title text;
-- case: IF NOT EXISTS outside a transaction
-- expect: safe
ALTER TABLE users ADD COLUMN IF NOT EXISTS nickname text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS title text;
