"""`groundwork:migrations`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pulumi import Input
from pydantic import Field

from components.arguments import Fault
from components.migration import AlembicMigrationArgs
from infra.settings.subject import Foundation, Subject, attempt


class MigrationSettings(Subject):
    """The database's schema."""

    script_location: str = Field(
        default="migrations", description="Folder with alembic.ini, from the project's root"
    )
    target: str = Field(default="head", description="Revision to reach")
    approved_contracts: list[str] = Field(
        default=[],
        description="Contract revisions that may run, by revision id: they remove what an older"
        " release of the application may still use",
    )
    ssl_mode: Literal["require", "verify-ca", "verify-full"] = Field(
        default="require",
        description="How strictly the server's certificate is checked, as libpq's",
    )
    ssl_root_cert: str | None = Field(
        default=None,
        description="File with the authority's certificates, for the two `verify` modes",
    )

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        return attempt(
            lambda: self.alembic(
                host="", port=0, database="", secret_arn="", region=foundation.account.region
            )
        )

    def alembic(
        self,
        *,
        host: Input[str],
        port: Input[int],
        database: Input[str],
        secret_arn: Input[str],
        region: str,
    ) -> AlembicMigrationArgs:
        """Arguments of the migration."""
        return AlembicMigrationArgs(
            script_location=self.script_location,
            host=host,
            port=port,
            database=database,
            secret_arn=secret_arn,
            region=region,
            target=self.target,
            approved_contracts=self.approved_contracts,
            ssl_mode=self.ssl_mode,
            ssl_root_cert=self.ssl_root_cert,
        )
