-- case: empty downgrade
-- expect: caution no-downgrade
-- revision:
def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text))


def downgrade() -> None:
    pass
-- case: no downgrade
-- expect: caution no-downgrade
-- revision:
def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text))
-- case: downgrade that undoes it
-- expect: safe
-- revision:
def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text))


def downgrade() -> None:
    op.drop_column("users", "nickname")
-- case: declared to be irreversible
-- expect: safe
-- revision:
irreversible = "the old names are not kept"


def upgrade() -> None:
    op.execute("UPDATE users SET name = upper(name) WHERE id BETWEEN 1 AND 100")
