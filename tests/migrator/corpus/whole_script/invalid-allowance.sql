-- case: allowance without a reason
-- expect: unsafe invalid-allowance
-- migrator: allow no-lock-timeout
ALTER TABLE users ADD COLUMN nickname text;
-- case: allowance of a rule that is not there
-- expect: unsafe invalid-allowance drop-index
-- migrator: allow drop-indx because nobody searches by address any more
DROP INDEX users_email_idx;
-- case: allowance with its reason
-- expect: safe
-- migrator: allow no-lock-timeout because the runner sets it
ALTER TABLE users ADD COLUMN nickname text;
