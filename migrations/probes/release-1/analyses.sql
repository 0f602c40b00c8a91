-- It goes on after the trace id has come, which it does not know.
-- from: 1f0c6a3b9d24
-- until: a2c95e07b4d1

INSERT INTO analyses (subject, result) VALUES ('release-1', '{"score": 1}');
SELECT id, subject, result FROM analyses ORDER BY created_at DESC LIMIT 20;
