-- case: new trigger
-- expect: info create-trigger
-- setup:
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
-- statement:
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
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
