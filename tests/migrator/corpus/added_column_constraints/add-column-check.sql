-- case: check written with the column
-- expect: unsafe add-column-check
ALTER TABLE users ADD COLUMN score integer CHECK (score >= 0);
-- case: check with a constant default
-- expect: unsafe add-column-check
alter table users add column score integer default 0 constraint score_positive check (score >= 0);
-- case: column and NOT VALID check apart
-- expect: safe
BEGIN;
ALTER TABLE users ADD COLUMN score integer;
ALTER TABLE users ADD CONSTRAINT users_score_check CHECK (score >= 0) NOT VALID;
COMMIT;
