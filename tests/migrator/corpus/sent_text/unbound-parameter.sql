-- case: number behind a colon in JSON
-- expect: unsafe unbound-parameter
-- trace: no, the server never gets it
-- revision:
def upgrade() -> None:
    op.execute("UPDATE users SET email = '{\"days\":28}' WHERE id = 1")


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: colon in a string of sa.text
-- expect: unsafe unbound-parameter
-- trace: no, the server never gets it
-- revision:
def upgrade() -> None:
    op.get_bind().execute(sa.text("UPDATE users SET email = 'at :home' WHERE id = 1"))


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: parameter without a value
-- expect: unsafe unbound-parameter
-- trace: no, the server never gets it
-- revision:
def upgrade() -> None:
    op.execute(sa.text("UPDATE users SET email = :email WHERE id = 1"))


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: colon in a server default
-- expect: unsafe unbound-parameter
-- trace: no, the server never gets it
-- revision:
def upgrade() -> None:
    default = sa.text("'{\"days\":28}'")
    op.add_column("users", sa.Column("settings", sa.Text, server_default=default))


def downgrade() -> None:
    op.drop_column("users", "settings")
-- case: percent sign that psycopg reads
-- expect: unsafe unbound-parameter
-- trace: no, the server never gets it
-- revision:
def upgrade() -> None:
    op.get_bind().exec_driver_sql("UPDATE users SET age = 1 WHERE id = 1 AND name LIKE 'a%'")


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: backslash before the colon
-- expect: safe
-- revision:
def upgrade() -> None:
    op.execute(r"UPDATE users SET email = '{"r'"days"\:28}'"' WHERE id = 1")


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: value for the parameter
-- expect: safe
-- revision:
def upgrade() -> None:
    op.execute(sa.text("UPDATE users SET email = :email WHERE id = 1").bindparams(email="a:b"))
    op.get_bind().execute(sa.text("UPDATE users SET age = :age WHERE id = 1"), {"age": 3})


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: colon that is none of SQLAlchemy's
-- expect: safe
-- revision:
def upgrade() -> None:
    op.execute("UPDATE users SET email = '10:30'::text || 'http://a' WHERE id = 1")
    op.execute("UPDATE users SET email = '50%' WHERE id = 1 AND name LIKE '%s'")
    op.get_bind().exec_driver_sql("UPDATE users SET email = ':a 50%%' WHERE id = 1")


def downgrade() -> None:
    op.execute("SELECT 1")
