"""create analyses

Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "1f0c6a3b9d24"
down_revision = None
branch_labels = None
depends_on = None

phase = "expand"
backfill = None
downgrade_loses = "analyses"


def upgrade() -> None:
    op.create_table(
        "analyses",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("result", JSONB),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    )


def downgrade() -> None:
    op.drop_table("analyses")
