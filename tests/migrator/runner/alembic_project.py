"""A throw-away Alembic project, with the env.py that `alembic init` writes."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from migrator.project.settings import MigratorSettings

ENV = """
from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
engine = engine_from_config(
    config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
"""

REVISION = '''"""step {revision}"""

from alembic import op

revision = {revision!r}
down_revision = {parent!r}
phase = {phase!r}
backfill = {backfill!r}


def outside(*statements):
    with op.get_context().autocommit_block():
        for statement in statements:
            op.execute(statement)


def upgrade():
{up}


def downgrade():
{down}
'''


@dataclass(frozen=True, kw_only=True)
class AlembicProject:
    """A folder that can be given to the migrator."""

    directory: Path

    @property
    def config(self) -> Path:
        return self.directory / "alembic.ini"

    def settings(self, url: str) -> MigratorSettings:
        return MigratorSettings(config=self.config, database_url=url)

    def add(
        self,
        revision: str,
        *up: str,
        down: tuple[str, ...] = (),
        phase: str = "expand",
        backfill: str | None = None,
    ) -> None:
        """Adds a revision behind the last one; `up` and `down` are SQL, or Python after `>>>`."""
        known = sorted((self.directory / "versions").glob("*.py"))
        text = REVISION.format(
            revision=revision,
            parent=known[-1].stem.split("_")[1] if known else None,
            phase=phase,
            backfill=backfill,
            up=_body(up),
            down=_body(down),
        )
        (self.directory / "versions" / f"{len(known):03}_{revision}.py").write_text(text)

    def replace(self, revision: str, old: str, new: str) -> None:
        """Edits a revision's file."""
        (file,) = (self.directory / "versions").glob(f"*_{revision}.py")
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        # Python tells a new file by its size and its age in seconds: too coarse for a test.
        shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)


def make_project(directory: Path, env: str = ENV) -> AlembicProject:
    """Writes alembic.ini and env.py."""
    (directory / "versions").mkdir(parents=True)
    (directory / "backfills").mkdir()
    (directory / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    (directory / "env.py").write_text(env)
    return AlembicProject(directory=directory)


def _body(steps: tuple[str, ...]) -> str:
    lines = [
        step.removeprefix(">>>").strip() if step.startswith(">>>") else f"op.execute({step!r})"
        for step in steps
    ]
    return "\n".join(f"    {line}" for line in lines or ["pass"])
