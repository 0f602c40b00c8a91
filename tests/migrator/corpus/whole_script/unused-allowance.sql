-- case: allowance of what is not found
-- expect: caution unused-allowance
-- migrator: allow drop-table because of the move
ALTER TABLE users ADD COLUMN nickname text;
-- case: allowance of what is found
-- expect: safe
-- migrator: allow drop-index because nobody searches by address any more
DROP INDEX users_email_idx;
