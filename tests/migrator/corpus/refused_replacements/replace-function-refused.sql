-- case: it returns something else
-- expect: unsafe replace-function-refused
-- fails: cannot change return type of existing function
CREATE FUNCTION half(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a / 2';
CREATE OR REPLACE FUNCTION half(a integer) RETURNS numeric LANGUAGE sql AS 'SELECT a / 2.0';
-- case: of a server's function, with another name for a parameter
-- expect: unsafe replace-function-refused
-- blind: caution change-behaviour
-- fails: cannot change name of input parameter "a"
-- setup:
CREATE FUNCTION half(a integer, by numeric DEFAULT 2) RETURNS numeric LANGUAGE sql AS 'SELECT a / by';
-- statement:
CREATE OR REPLACE FUNCTION half(b integer, by numeric DEFAULT 3) RETURNS numeric
  LANGUAGE sql AS 'SELECT b / by';
-- case: a parameter without its name
-- expect: unsafe replace-function-refused
-- fails: cannot change name of input parameter "a"
CREATE FUNCTION half(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a / 2';
CREATE OR REPLACE FUNCTION half(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 / 2';
-- case: another column of a table
-- expect: unsafe replace-function-refused
-- blind: caution change-behaviour
-- fails: cannot change return type of existing function
-- setup:
CREATE FUNCTION pair() RETURNS TABLE (a integer, b text) LANGUAGE sql AS 'SELECT 1, ''x''';
-- statement:
CREATE OR REPLACE FUNCTION pair() RETURNS TABLE (a integer, c text) LANGUAGE sql AS 'SELECT 1, ''x''';
-- case: one row becomes many
-- expect: unsafe replace-function-refused
-- fails: cannot change return type of existing function
CREATE FUNCTION one(OUT a integer, OUT b text) LANGUAGE sql AS 'SELECT 1, ''x''';
CREATE OR REPLACE FUNCTION one(OUT a integer, OUT b text) RETURNS SETOF record
  LANGUAGE sql AS 'SELECT 1, ''x''';
-- case: what keeps them, or is another function
-- expect: safe
CREATE FUNCTION half(integer) RETURNS varchar(20) LANGUAGE sql AS 'SELECT ($1 / 2)::text';
CREATE OR REPLACE FUNCTION half(a int4) RETURNS character varying LANGUAGE sql AS 'SELECT ''half''';
CREATE OR REPLACE FUNCTION half(b bigint) RETURNS bigint LANGUAGE sql AS 'SELECT b / 2';
CREATE FUNCTION two(a integer, OUT b integer, OUT c text) LANGUAGE sql AS 'SELECT 1, ''x''';
CREATE OR REPLACE FUNCTION two(a integer, OUT b int, OUT c text) RETURNS record
  LANGUAGE sql AS 'SELECT 2, ''y''';
CREATE PROCEDURE nothing(a integer) LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE PROCEDURE nothing(a integer) LANGUAGE sql AS 'SELECT 2';
