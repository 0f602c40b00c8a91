-- case: policy
-- expect: caution change-behaviour
CREATE POLICY mine ON users USING (true);
-- case: revoke
-- expect: caution change-behaviour
REVOKE ALL ON users FROM public;
-- case: owner
-- expect: caution change-behaviour
ALTER TABLE users OWNER TO CURRENT_USER;
-- case: replica identity
-- expect: caution change-behaviour
ALTER TABLE users REPLICA IDENTITY FULL;
-- case: publication
-- expect: caution change-behaviour
CREATE PUBLICATION everything FOR TABLE users;
-- case: replaced view
-- expect: caution change-behaviour
-- setup:
CREATE VIEW names AS SELECT id, name FROM users;
-- statement:
CREATE OR REPLACE VIEW names AS SELECT id, name, email FROM users;
-- case: sequence
-- expect: caution change-behaviour
-- setup:
CREATE SEQUENCE tickets;
-- statement:
ALTER SEQUENCE tickets INCREMENT BY 10;
-- case: comment and grant
-- expect: safe
COMMENT ON TABLE users IS 'people';
GRANT SELECT ON users TO public;
-- case: compression
-- expect: caution change-behaviour
ALTER TABLE users ALTER COLUMN email SET COMPRESSION pglz;
-- case: policy of a table that the file itself makes
-- expect: safe
CREATE TABLE notes (id bigint);
CREATE POLICY mine ON notes USING (true);
-- case: rule disabled
-- expect: caution change-behaviour
-- setup:
CREATE RULE quiet AS ON UPDATE TO users DO ALSO NOTHING;
-- statement:
ALTER TABLE users DISABLE RULE quiet;
-- case: how a role's next sessions are set
-- expect: caution change-behaviour
ALTER ROLE CURRENT_USER SET search_path = public;
ALTER ROLE CURRENT_USER RESET search_path;
-- case: what runs at each command
-- expect: caution change-behaviour
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION watch();
-- case: how words are found
-- expect: caution change-behaviour
CREATE TEXT SEARCH CONFIGURATION plain (COPY = english);
ALTER TEXT SEARCH CONFIGURATION plain ALTER MAPPING FOR asciiword WITH simple;
-- case: a cursor
-- expect: safe
BEGIN;
DECLARE names CURSOR FOR SELECT name FROM users;
CLOSE names;
COMMIT;
