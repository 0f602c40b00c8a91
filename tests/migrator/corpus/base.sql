-- The tables that every case of the corpus starts from.
CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (
    id bigint PRIMARY KEY,
    account_id bigint,
    name varchar(50),
    email text,
    age integer,
    balance numeric(10, 2),
    network cidr,
    created timestamp without time zone,
    code character(10)
);
CREATE INDEX users_created_idx ON users (created);
CREATE INDEX users_email_idx ON users (email);
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL CONSTRAINT orders_user_id_fkey REFERENCES users (id),
    total numeric(10, 2) CONSTRAINT orders_total_check CHECK (total >= 0)
);
CREATE INDEX orders_user_id_idx ON orders (user_id);
CREATE TABLE events (id bigint NOT NULL, happened date NOT NULL) PARTITION BY RANGE (happened);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO accounts SELECT g, 'account ' || g FROM generate_series(1, 100) g;
INSERT INTO users
    SELECT g, 1 + g % 100, 'user ' || g, 'user' || g || '@example.com', g % 90, g, '10.0.0.0/8',
           timestamp '2026-01-01' + g * interval '1 minute', 'c' || g
    FROM generate_series(1, 300) g;
INSERT INTO orders SELECT g, 1 + g % 300, g FROM generate_series(1, 600) g;
INSERT INTO events SELECT g, date '2025-06-01' + g FROM generate_series(1, 400) g;
ANALYZE accounts, users, orders, events;
