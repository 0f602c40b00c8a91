-- case: json
-- expect: caution column-json
ALTER TABLE users ADD COLUMN settings json;
-- case: jsonb
-- expect: safe
ALTER TABLE users ADD COLUMN settings jsonb;
