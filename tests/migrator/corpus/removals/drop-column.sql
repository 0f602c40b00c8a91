-- case: plain column
-- expect: unsafe drop-column
ALTER TABLE users DROP COLUMN age;
-- case: in a contract file
-- expect: info drop-column
-- migrator: phase contract
ALTER TABLE users DROP COLUMN age;
-- case: column that the file itself adds
-- expect: safe
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE users DROP COLUMN nickname;
