-- case: DO block
-- expect: unsafe opaque
-- trace: no, lint claims nothing about it
DO $$ BEGIN EXECUTE 'ALTER TABLE users ADD COLUMN x int'; END $$;
-- case: function call
-- expect: caution opaque-function
-- trace: no, lint claims nothing about it
SELECT migrate_everything();
