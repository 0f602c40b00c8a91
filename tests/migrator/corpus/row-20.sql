-- case: set default
-- expect: caution change-default
ALTER TABLE users ALTER COLUMN age SET DEFAULT 18;
-- case: default of a column that is added here
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
COMMIT;
