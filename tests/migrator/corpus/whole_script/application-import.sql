-- case: module of the application
-- expect: caution application-import
-- revision:
import tests.migrator


def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text))


def downgrade() -> None:
    op.drop_column("users", "nickname")
-- case: module of Python and an installed one
-- expect: safe
-- revision:
import json

import psycopg


def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text))


def downgrade() -> None:
    op.drop_column("users", "nickname")
