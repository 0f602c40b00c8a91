-- case: a lock of its own
-- expect: unsafe needs-transaction
-- trace: no, a trace runs it in a transaction
LOCK TABLE users IN SHARE MODE;
-- case: a savepoint
-- expect: unsafe needs-transaction
-- trace: no, a trace runs it in a transaction
SAVEPOINT before;
-- case: both within one
-- expect: safe
BEGIN;
SAVEPOINT before;
LOCK TABLE users IN SHARE MODE;
RELEASE SAVEPOINT before;
COMMIT;
-- case: a lock in a block
-- expect: safe
DO $$ BEGIN LOCK TABLE users IN SHARE MODE; END $$;
