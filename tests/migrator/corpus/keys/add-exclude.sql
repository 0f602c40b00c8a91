-- case: exclusion
-- expect: unsafe add-exclude
-- setup:
CREATE TABLE bookings AS SELECT int4range(g, g + 1) AS span FROM generate_series(1, 100) g;
-- statement:
ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&);
-- case: exclusion on a table that the file itself makes
-- expect: safe
CREATE TABLE bookings (span int4range);
ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&);
