-- The release that writes `email` itself. Rows that nobody has filled yet are read as before.
-- from: a2c95e07b4d1
-- until: head

INSERT INTO users (username, email) VALUES ('release-2', 'release-2@example.com');
SELECT id, coalesce(email, lower(username) || '@' || mail_domain) AS email FROM users LIMIT 20;
UPDATE users SET email = 'renamed@example.com' WHERE username = 'release-2';
DELETE FROM users WHERE username = 'release-2';
