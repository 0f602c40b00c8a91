"""A revision that fails in the middle of a deployment."""

from tests.local.stack.checkout import Checkout

PARENT, REVISION = "c6e8f1b35a92", "e41b7d0c9a36"
APPROVED = ("groundwork:migrations", "approved_contracts")
SOURCE = f'''"""refunds"""

from alembic import op

revision = "{REVISION}"
down_revision = "{PARENT}"


def upgrade() -> None:
    op.execute("CREATE TABLE refunds (id int PRIMARY KEY)")
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY refunds_by_id ON refunds (id)")
    op.execute("INSERT INTO refunds VALUES ({{value}})")


def downgrade() -> None:
    op.execute("DROP TABLE refunds")
'''


def revision_of(checkout: Checkout) -> str:
    """Where Alembic says that the database stands."""
    return checkout.said("psql -Atc 'select version_num from alembic_version'").strip()


def test_a_revision_that_fails_halfway_is_continued(deployed: Checkout) -> None:
    file = deployed.root / "migrations" / "versions" / f"{REVISION}_refunds.py"
    deployed.stack_file().set([PARENT], *APPROVED)
    file.write_text(SOURCE.format(value="1 / 0"))
    failed = deployed.run("up")
    assert failed.returncode == 1
    assert REVISION in failed.stderr
    assert "division by zero" in failed.stderr
    assert "INSERT INTO refunds VALUES (1 / 0)" in failed.stderr
    assert revision_of(deployed) == PARENT
    file.write_text(SOURCE.format(value="1"))
    deployed.must("up")
    assert revision_of(deployed) == REVISION
    assert deployed.said("psql -Atc 'select id from refunds'").strip() == "1"
