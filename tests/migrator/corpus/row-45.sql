-- case: unlogged
-- expect: unsafe change-storage
-- setup:
CREATE TABLE scratch AS SELECT g AS id FROM generate_series(1, 100) g;
-- statement:
ALTER TABLE scratch SET UNLOGGED;
-- case: logged
-- expect: unsafe change-storage
-- setup:
CREATE UNLOGGED TABLE scratch AS SELECT g AS id FROM generate_series(1, 100) g;
-- statement:
ALTER TABLE scratch SET LOGGED;
