"""Alembic projects in temporary folders."""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ENV = """
from alembic import context
from sqlalchemy import NullPool, create_engine

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
"""
HEAD = """\
import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {parent!r}
{attributes}

def upgrade() -> None:
{upgrade}

def downgrade() -> None:
{downgrade}
"""


@dataclass
class Project:
    """An Alembic project; revisions follow each other in the order they are added."""

    folder: Path
    last: str | None = None

    @property
    def config(self) -> Path:
        return self.folder / "alembic.ini"

    def add(
        self,
        name: str,
        upgrade: str,
        *,
        downgrade: str = "op.execute('SELECT 1')",
        attributes: str = "",
    ) -> Path:
        """Writes a revision and returns its file."""
        text = HEAD.format(
            id=name,
            parent=self.last,
            attributes=attributes,
            upgrade=_body(upgrade),
            downgrade=_body(downgrade),
        )
        file = self.folder / "versions" / f"{name}.py"
        file.write_text(text)
        self.last = name
        return file


def _body(code: str) -> str:
    return textwrap.indent(textwrap.dedent(code).strip(), "    ")


def new_project(folder: Path) -> Project:
    """Makes a project without revisions in a new folder."""
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {folder}\n")
    return Project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "project")
