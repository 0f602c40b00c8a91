"""analyses: find an analysis by its Langfuse trace

The index is built without blocking writes, which PostgreSQL does outside a transaction only.

Revises: 5b7e21d8c0f3
"""

import sqlalchemy as sa
from alembic import op

revision = "8d4f93a6e715"
down_revision = "5b7e21d8c0f3"
branch_labels = None
depends_on = None

phase = "expand"
backfill = None
downgrade_loses = "analyses.langfuse_trace_id"


def upgrade() -> None:
    op.add_column("analyses", sa.Column("langfuse_trace_id", sa.String(255)))
    with op.get_context().autocommit_block():
        op.create_index(
            "idx_analyses_langfuse_trace",
            "analyses",
            ["langfuse_trace_id"],
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "idx_analyses_langfuse_trace", table_name="analyses", postgresql_concurrently=True
        )
    op.drop_column("analyses", "langfuse_trace_id")
