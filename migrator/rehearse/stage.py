"""The scratch database of a rehearsal, and what moves it between revisions."""

from dataclasses import replace
from typing import Any

import psycopg

from migrator.backfill import pick_backfill, run_backfill
from migrator.project.history import BASE, LinearHistory, Revision
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings
from migrator.rehearse.application import read_application
from migrator.rehearse.probes import load_probes
from migrator.rehearse.schema_dump import dump_schema
from migrator.rows import RowGenerator
from migrator.runner.downgrade import downgrade
from migrator.runner.upgrade import upgrade
from migrator.scratch import PostgresServer
from migrator.snapshot import Catalog

DATABASE = "postgres"


class Stage:
    """One database, moved by the same functions that move a real one."""

    def __init__(
        self,
        settings: MigratorSettings,
        history: LinearHistory,
        server: PostgresServer,
        connection: "psycopg.Connection[Any]",
        *,
        rows: int,
    ) -> None:
        # The secret is that of a real database, whose user the scratch server does not know.
        self.settings = replace(settings, database_url=server.url(DATABASE), secret_arn=None)
        self.folder = settings.config.parent
        self.history = history
        self.server = server
        self.connection = connection
        self.rows = rows
        self.probes = load_probes(self.folder / "probes", history)
        standing = Project.open(self.settings).observe()
        self.version_table = standing.version_relation
        self.generator = RowGenerator(extremes=True)

    def fill_backfill(self, revision: Revision) -> None:
        """Runs the backfill that the revision waits for, if there is one."""
        if revision.backfill is not None:
            backfill = pick_backfill(self.folder / "backfills", revision.backfill)
            run_backfill(self.server.url(DATABASE), backfill)

    def raise_to(self, revision: Revision) -> None:
        """Applies a revision as a deployment would, its backfill done and itself approved."""
        self.fill_backfill(revision)
        approved = [revision.id] if revision.phase == "contract" else []
        upgrade(self.settings, target=revision.id, approved=approved)

    def lower_below(self, revision: Revision) -> None:
        """Takes a revision back."""
        downgrade(self.settings, target=revision.parent or BASE)

    def catalog(self) -> Catalog:
        """The application's tables as they stand."""
        return read_application(self.connection, self.version_table)

    def schema(self) -> str:
        """The schema as it stands, normalised."""
        return dump_schema(self.server, DATABASE, version_table=self.version_table)
