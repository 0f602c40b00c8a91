-- case: renamed value
-- expect: unsafe enum-rename-value
-- setup:
CREATE TYPE mood AS ENUM ('sad', 'ok');
-- statement:
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
-- case: renamed value of a type that the file itself makes
-- expect: safe
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
