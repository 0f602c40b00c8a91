-- case: rows that nobody sends
-- expect: unsafe copy-over-connection
-- trace: no, the driver refuses it
-- revision:
def upgrade() -> None:
    op.execute("COPY users (name) FROM STDIN")


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: rows that nobody takes
-- expect: unsafe copy-over-connection
-- trace: no, the driver refuses it
-- revision:
def upgrade() -> None:
    op.execute("COPY (SELECT id FROM users) TO STDOUT WITH (FORMAT csv)")


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: to a file on the server
-- expect: safe
-- trace: no, it writes a file
-- revision:
def upgrade() -> None:
    op.execute("COPY users TO '/tmp/users.csv'")


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: to psql, which takes the rows
-- expect: safe
-- trace: no, the tracer is no psql
COPY users (id, name) TO STDOUT;
