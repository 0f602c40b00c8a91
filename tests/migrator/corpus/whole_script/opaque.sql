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
-- case: procedure whose body is not known
-- expect: unsafe opaque
-- trace: no, there is none
CALL fill();
-- case: procedure whose body is known
-- expect: safe
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN UPDATE users SET age = 1 WHERE id BETWEEN 1 AND 100; END $$;
CALL fill();
-- case: procedure that commits, and changes a whole table
-- expect: unsafe whole-table-write
-- trace: no, a trace runs it in a transaction
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN UPDATE users SET age = 1; COMMIT; END $$;
CALL fill();
-- case: all that a role has
-- expect: unsafe opaque
-- trace: no, lint claims nothing about it
DROP OWNED BY CURRENT_USER;
