-- case: concurrently in a transaction
-- expect: unsafe concurrently-in-transaction
-- fails: CREATE INDEX CONCURRENTLY cannot run inside a transaction block
BEGIN;
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
COMMIT;
-- case: concurrently in a DO block
-- expect: unsafe concurrently-in-transaction
-- fails: CREATE INDEX CONCURRENTLY cannot
DO $$ BEGIN CREATE INDEX CONCURRENTLY users_age_idx ON users (age); END $$;
-- case: concurrently after a transaction
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
CREATE INDEX CONCURRENTLY users_nickname_idx ON users (nickname);
-- case: several statements in one text outside a transaction
-- expect: unsafe concurrently-in-transaction
-- trace: no, a trace sends them one by one
-- revision:
def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "DROP INDEX CONCURRENTLY users_email_idx;"
            "CREATE INDEX CONCURRENTLY users_mail_idx ON users (email, id)"
        )


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: one statement in each text outside a transaction
-- expect: safe
-- revision:
def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY users_mail_idx ON users (email, id);")
        op.execute("VACUUM (ANALYZE) users -- no index is new; this one is")


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: command of the whole server in a transaction
-- expect: unsafe concurrently-in-transaction opaque
-- fails: ALTER SYSTEM cannot run inside a transaction block
BEGIN;
ALTER SYSTEM SET work_mem = '64MB';
COMMIT;
-- case: every clustered table in a transaction
-- expect: unsafe concurrently-in-transaction rewrite-table
-- fails: CLUSTER cannot
BEGIN;
CLUSTER;
COMMIT;
-- case: index of a partitioned table built again in a transaction
-- expect: unsafe concurrently-in-transaction reindex
-- blind: unsafe reindex
-- fails: REINDEX TABLE cannot
BEGIN;
REINDEX TABLE events;
COMMIT;
-- case: session discarded in a transaction
-- expect: unsafe concurrently-in-transaction
-- fails: DISCARD ALL cannot
BEGIN;
DISCARD ALL;
COMMIT;
-- case: one table's index built again in a transaction
-- expect: unsafe reindex
BEGIN;
REINDEX TABLE users;
COMMIT;
