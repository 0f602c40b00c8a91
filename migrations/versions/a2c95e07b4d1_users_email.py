"""users: email, phase one of three

The column starts empty and nullable, so the running release does not notice it. Until now an
address was put together from `username` and `mail_domain`. From here on a trigger stores it for
every row that the old release writes, the backfill `users_email` stores it for the rows that
exist, and the next release writes `email` itself.

Revises: 8d4f93a6e715
"""

import sqlalchemy as sa
from alembic import op

from migrator.backfill import sync_trigger

revision = "a2c95e07b4d1"
down_revision = "8d4f93a6e715"
branch_labels = None
depends_on = None

phase = "expand"
backfill = None
downgrade_loses = "users.email"

SYNC = sync_trigger("users", set={"email": "lower(username) || '@' || mail_domain"})


def upgrade() -> None:
    op.add_column("users", sa.Column("email", sa.Text))
    for statement in SYNC.create:
        op.execute(statement)


def downgrade() -> None:
    for statement in SYNC.drop:
        op.execute(statement)
    op.drop_column("users", "email")
