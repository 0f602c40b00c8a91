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
-- case: index in another tablespace
-- expect: unsafe change-storage
-- trace: no, the server has no second tablespace
ALTER INDEX users_email_idx SET TABLESPACE fast;
-- case: table that the file itself makes
-- expect: safe
CREATE TABLE scratch (id bigint);
ALTER TABLE scratch SET UNLOGGED;
