-- case: a view loses a column
-- expect: unsafe replace-view-refused
-- fails: cannot drop columns from view
CREATE TABLE things (id bigint, a text, b text);
CREATE VIEW shown AS SELECT id, a, b FROM things;
CREATE OR REPLACE VIEW shown AS SELECT id, a FROM things;
-- case: a column in between
-- expect: unsafe replace-view-refused
-- blind: caution change-behaviour
-- fails: cannot change name of view column
-- setup:
CREATE TABLE things (id bigint, a text, b text);
CREATE VIEW shown AS SELECT * FROM things;
-- statement:
CREATE OR REPLACE VIEW shown AS SELECT id, b, a FROM things;
-- case: its names are written apart, some of them
-- expect: unsafe replace-view-refused
-- fails: cannot change name of view column
CREATE TABLE things (id bigint, a text, b text);
CREATE VIEW shown (key) AS SELECT id, a FROM things;
CREATE OR REPLACE VIEW shown AS SELECT id, a FROM things;
-- case: of a renamed column
-- expect: unsafe replace-view-refused
-- fails: cannot change name of view column
CREATE TABLE things (id bigint, a text, b text);
CREATE VIEW shown AS SELECT id, a, b FROM things;
ALTER VIEW shown RENAME COLUMN id TO key;
CREATE OR REPLACE VIEW shown AS SELECT id, a, b FROM things;
-- case: what keeps them, and what cannot be read off
-- expect: safe
CREATE TABLE things (id bigint, a text, b text);
CREATE VIEW shown AS SELECT id, a FROM things;
CREATE OR REPLACE VIEW shown AS SELECT id, upper(a) AS a, b FROM things;
CREATE OR REPLACE VIEW shown (id, a, b, four) AS SELECT id, b, a, 4 FROM things;
CREATE VIEW wide AS SELECT * FROM things;
CREATE OR REPLACE VIEW wide AS SELECT t.*, count(*) OVER () AS n FROM things t;
CREATE VIEW many (id) AS SELECT 1, 2 UNION SELECT 3, 4;
CREATE OR REPLACE VIEW many (id) AS SELECT 1, 2 UNION ALL SELECT 3, 4;
ALTER VIEW shown RENAME COLUMN id TO key;
CREATE OR REPLACE VIEW shown AS SELECT id AS key, b AS a, a AS b, 4 AS four FROM things;
