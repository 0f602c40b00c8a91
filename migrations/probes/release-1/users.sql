-- The release before `email`: it knows username and mail_domain only.
-- from: 5b7e21d8c0f3
-- until: a2c95e07b4d1

INSERT INTO users (username) VALUES ('release-1');
SELECT id, username || '@' || mail_domain AS address, created_at FROM users ORDER BY id LIMIT 20;
UPDATE users SET mail_domain = 'example.org' WHERE username = 'release-1';
DELETE FROM users WHERE username = 'release-1';
