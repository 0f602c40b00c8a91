"""users: email, phase one of three

The column starts empty and nullable, so the running release does not notice it. Until now an
address was put together from `username` and `mail_domain`; the backfill `users_email` stores
`lower(username) || '@' || mail_domain` for the rows that exist, and the next release writes
`email` itself.

Revises: 8d4f93a6e715
"""

import sqlalchemy as sa
from alembic import op

revision = "a2c95e07b4d1"
down_revision = "8d4f93a6e715"
branch_labels = None
depends_on = None

phase = "expand"
backfill = None


def upgrade() -> None:
    op.add_column("users", sa.Column("email", sa.Text))


def downgrade() -> None:
    op.drop_column("users", "email")
