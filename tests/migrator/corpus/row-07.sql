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
