"""users: email is required, phase three of three

SET NOT NULL alone would scan the table while nobody may read it. With a validated CHECK that
says the same, PostgreSQL skips the scan; VALIDATE itself lets readers and writers through. The
old release is gone by now, and with it the need for the trigger that wrote `email` in its place.

Revises: a2c95e07b4d1
"""

from alembic import op

from migrator.backfill import sync_trigger

revision = "c6e8f1b35a92"
down_revision = "a2c95e07b4d1"
branch_labels = None
depends_on = None

phase = "contract"
backfill = "users_email"

SYNC = sync_trigger("users", set={"email": "lower(username) || '@' || mail_domain"})


def upgrade() -> None:
    op.create_check_constraint(
        "users_email_present", "users", "email IS NOT NULL", postgresql_not_valid=True
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_email_present")
    op.alter_column("users", "email", nullable=False)
    op.drop_constraint("users_email_present", "users")
    for statement in SYNC.drop:
        op.execute(statement)


def downgrade() -> None:
    for statement in SYNC.create:
        op.execute(statement)
    op.alter_column("users", "email", nullable=True)
