-- case: id of 33 characters
-- expect: unsafe long-revision-id
-- revision:
revision = "2026_01_01_a_nickname_for_the_use"


def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text))


def downgrade() -> None:
    op.drop_column("users", "nickname")
-- case: id of 32 characters
-- expect: safe
-- revision:
revision = "größe_01_01_a_nickname_for_the_u"


def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text))


def downgrade() -> None:
    op.drop_column("users", "nickname")
