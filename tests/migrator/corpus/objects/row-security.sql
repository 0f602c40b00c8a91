-- case: row level security
-- expect: unsafe row-security
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
-- case: row level security with a policy in one transaction
-- expect: caution row-security
BEGIN;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON users USING (true);
COMMIT;
-- case: row level security with a policy afterwards
-- expect: unsafe row-security
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON users USING (true);
-- case: row level security of a table that the file itself makes
-- expect: safe
CREATE TABLE notes (id bigint);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
