-- case: DO block with a statement that is put together
-- expect: unsafe opaque
-- trace: no, lint claims nothing about it
DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN x int', 'users'); END $$;
-- case: DO block whose statements are written out
-- expect: unsafe add-column-volatile-default
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'users') THEN
        ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
    END IF;
END $$;
-- case: DO block that does nothing dangerous
-- expect: safe
DO $$
BEGIN
    CREATE TYPE mood AS ENUM ('sad', 'ok');
EXCEPTION
    WHEN duplicate_object THEN NULL;
END $$;
-- case: function call
-- expect: caution opaque-function
-- trace: no, lint claims nothing about it
SELECT migrate_everything();
