-- case: integer key
-- expect: info small-primary-key
CREATE TABLE plain (id integer PRIMARY KEY);
-- case: bigint key beside an integer
-- expect: safe
CREATE TABLE plain (id bigint PRIMARY KEY, size integer);
