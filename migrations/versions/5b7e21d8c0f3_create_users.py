"""create users

Revises: 1f0c6a3b9d24
"""

import sqlalchemy as sa
from alembic import op

revision = "5b7e21d8c0f3"
down_revision = "1f0c6a3b9d24"
branch_labels = None
depends_on = None

phase = "expand"
backfill = None
downgrade_loses = "users"


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("mail_domain", sa.Text, nullable=False, server_default="example.com"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.UniqueConstraint("username", name="users_username_key"),
    )


def downgrade() -> None:
    op.drop_table("users")
