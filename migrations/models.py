"""The schema as the newest release expects it; `alembic revision --autogenerate` compares with it.

Revisions never import it: each is frozen at the day it was written.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

analyses = sa.Table(
    "analyses",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("result", JSONB),
    sa.Column(
        "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    ),
    sa.Column("langfuse_trace_id", sa.String(255)),
    sa.Index("idx_analyses_langfuse_trace", "langfuse_trace_id"),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("username", sa.Text, nullable=False),
    sa.Column("mail_domain", sa.Text, nullable=False, server_default="example.com"),
    sa.Column(
        "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    ),
    sa.Column("email", sa.Text, nullable=False),
    sa.UniqueConstraint("username", name="users_username_key"),
)
