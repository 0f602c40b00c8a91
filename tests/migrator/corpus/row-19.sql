-- case: drop not null
-- expect: caution drop-not-null
ALTER TABLE orders ALTER COLUMN user_id DROP NOT NULL;
