-- case: DO block with a statement that is put together
-- expect: unsafe opaque
-- trace: no, lint claims nothing about it
DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN x int', 'users'); END $$;
-- case: DO block that does nothing dangerous
-- expect: safe
DO $$
BEGIN
    CREATE TYPE mood AS ENUM ('sad', 'ok');
EXCEPTION
    WHEN duplicate_object THEN NULL;
END $$;
