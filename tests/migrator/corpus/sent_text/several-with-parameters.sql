-- case: a value for two statements
-- expect: unsafe several-with-parameters
-- trace: no, the server never gets it as two texts
-- revision:
def upgrade() -> None:
    both = "UPDATE users SET age = :age WHERE id = 1; UPDATE users SET age = :age WHERE id = 2"
    op.execute(sa.text(both).bindparams(age=3))


def downgrade() -> None:
    op.execute("SELECT 1")
-- case: two statements without a value
-- expect: safe
-- revision:
def upgrade() -> None:
    op.execute("UPDATE users SET age = 3 WHERE id = 1; UPDATE users SET age = 3 WHERE id = 2")
    op.execute(sa.text("UPDATE users SET age = :age WHERE id = 1").bindparams(age=3))


def downgrade() -> None:
    op.execute("SELECT 1")
