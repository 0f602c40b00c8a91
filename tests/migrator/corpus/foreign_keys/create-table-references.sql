-- case: new table with a reference
-- expect: caution create-table-references
CREATE TABLE invoices (id bigint PRIMARY KEY, user_id bigint NOT NULL UNIQUE REFERENCES users (id));
-- case: new table with a table constraint
-- expect: caution create-table-references
create table invoices (id bigint primary key, user_id bigint unique, foreign key (user_id) references users);
-- case: both tables new
-- expect: safe
BEGIN;
CREATE TABLE teams (id bigint PRIMARY KEY);
CREATE TABLE members (id bigint PRIMARY KEY, team_id bigint UNIQUE REFERENCES teams (id));
COMMIT;
-- case: the table references itself
-- expect: safe
CREATE TABLE nodes (id bigint PRIMARY KEY, parent_id bigint UNIQUE REFERENCES nodes (id));
-- case: new table, then its reference
-- expect: caution create-table-references
BEGIN;
CREATE TABLE invoices (id bigint PRIMARY KEY, user_id bigint UNIQUE);
ALTER TABLE invoices ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id);
COMMIT;
-- case: new table, its reference in another transaction
-- expect: safe
CREATE TABLE invoices (id bigint PRIMARY KEY, user_id bigint UNIQUE);
ALTER TABLE invoices ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
ALTER TABLE invoices VALIDATE CONSTRAINT f;
