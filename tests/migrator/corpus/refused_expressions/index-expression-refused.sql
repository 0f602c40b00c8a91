-- case: condition of the present
-- expect: unsafe index-expression-refused
-- fails: functions in index predicate must be marked IMMUTABLE
CREATE INDEX CONCURRENTLY users_new ON users (id) WHERE created > now() - interval '1 day';
-- case: day of today
-- expect: unsafe index-expression-refused
-- fails: functions in index predicate must be marked IMMUTABLE
CREATE INDEX CONCURRENTLY users_new ON users (id) WHERE created > CURRENT_DATE;
-- case: volatile function of the user's own
-- expect: unsafe index-expression-refused
-- fails: functions in index expression must be marked IMMUTABLE
CREATE FUNCTION plain(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN lower($1); END';
CREATE INDEX CONCURRENTLY users_plain ON users (plain(email));
-- case: functions that are immutable, or are so once they are put in their place
-- expect: safe
-- setup:
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql AS 'SELECT lower($1)';
-- statement:
CREATE INDEX CONCURRENTLY users_plain ON users (plain(email));
CREATE INDEX CONCURRENTLY users_lower ON users (lower(email)) WHERE created > '2026-01-01';
