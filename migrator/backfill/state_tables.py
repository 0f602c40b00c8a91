"""The tables in which the progress of backfills is kept."""

# In a schema beside the application's tables: autogenerate and dumps leave it alone.
CREATION_LOCK = 7_221_843_590_147_263_001
TABLES = """
CREATE TABLE IF NOT EXISTS migrator.migrator_backfill (
    name text PRIMARY KEY,
    fingerprint text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'done', 'failed')),
    request text CHECK (request IN ('pause', 'cancel')),
    pass integer NOT NULL DEFAULT 1,
    estimated_rows bigint NOT NULL,
    error text,
    holder text,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz
);
CREATE TABLE IF NOT EXISTS migrator.migrator_backfill_range (
    backfill text NOT NULL REFERENCES migrator.migrator_backfill ON DELETE CASCADE,
    ordinal integer NOT NULL,
    relation oid NOT NULL,
    after text[],
    upper text[] NOT NULL,
    cursor text[],
    done boolean NOT NULL DEFAULT false,
    batches bigint NOT NULL DEFAULT 0,
    scanned bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    key text[],
    columns jsonb,
    PRIMARY KEY (backfill, ordinal)
) WITH (fillfactor = 50);
"""
# For tables that a former version made; their ranges do not say which key they were made with, nor
# which columns they are about.
ADDITIONS = """
ALTER TABLE migrator.migrator_backfill_range
    ADD COLUMN IF NOT EXISTS key text[], ADD COLUMN IF NOT EXISTS columns jsonb
"""
COMPLETE = """
SELECT count(*) = 2 FROM pg_attribute
WHERE attrelid = to_regclass('migrator.migrator_backfill_range') AND attname IN ('key', 'columns')
"""
