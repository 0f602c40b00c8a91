-- case: dropped trigger
-- expect: caution change-trigger
-- setup:
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
-- statement:
DROP TRIGGER touch ON users;
-- case: disabled trigger
-- expect: caution change-trigger
ALTER TABLE users DISABLE TRIGGER ALL;
-- case: trigger of a table that the file itself makes
-- expect: safe
-- setup:
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
-- statement:
CREATE TABLE scratch (id bigint);
CREATE TRIGGER touch BEFORE UPDATE ON scratch FOR EACH ROW EXECUTE FUNCTION touch();
DROP TRIGGER touch ON scratch;
