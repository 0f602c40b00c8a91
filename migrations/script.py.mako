"""${message}

Revises: ${down_revision | comma,n}
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}

# "expand": the running release is not disturbed. "contract": applied only once the revision is
# approved by its id, and the backfill named here (if any) has nothing left to do.
phase = "expand"
backfill = None

# What downgrade() destroys, such as "users.email" or ("users", "analyses.result").
downgrade_loses = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
