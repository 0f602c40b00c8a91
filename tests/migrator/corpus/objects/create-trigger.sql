-- case: new trigger
-- expect: info create-trigger
-- setup:
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
-- statement:
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
-- case: trigger of a table that the file itself makes
-- expect: safe
-- setup:
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
-- statement:
CREATE TABLE scratch (id bigint);
CREATE TRIGGER touch BEFORE UPDATE ON scratch FOR EACH ROW EXECUTE FUNCTION touch();
