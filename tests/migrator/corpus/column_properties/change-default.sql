-- case: default dropped where it is still needed
-- expect: unsafe change-default
-- blind: unsafe change-default
-- setup:
ALTER TABLE users ADD COLUMN region text NOT NULL DEFAULT 'eu';
-- statement:
ALTER TABLE users ALTER COLUMN region DROP DEFAULT;
-- case: added and dropped in one release
-- expect: unsafe change-default
BEGIN;
ALTER TABLE users ADD COLUMN region text NOT NULL DEFAULT 'eu';
ALTER TABLE users ALTER COLUMN region DROP DEFAULT;
COMMIT;
-- case: set default
-- expect: caution change-default
ALTER TABLE users ALTER COLUMN age SET DEFAULT 18;
-- case: default of a column that is added here
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
COMMIT;
