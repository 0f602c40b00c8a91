"""`groundwork:migrations`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from components.arguments import Fault, Setting, below, kubernetes_name_faults
from components.migration import MigratorJobSettings, ZeroDowntimeMigrationSettings
from components.migration.job import image_faults
from infra.settings.history import history_faults


@dataclass(frozen=True, kw_only=True)
class JobSettings(MigratorJobSettings):
    """A Kubernetes Job that migrates, where the machine that deploys cannot reach the database."""

    image: Annotated[str, Setting("Image with the migrations and the migrator, at a fixed version")]
    namespace: Annotated[str, Setting("Where the Job runs")] = "migrations"
    service_account: Annotated[str, Setting("As whom it runs; may read the database's secret")] = (
        "migrator"
    )

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("namespace", self.namespace)
        yield from kubernetes_name_faults("service_account", self.service_account)
        yield from image_faults("image", self.image)
        yield from super().faults()


@dataclass(frozen=True, kw_only=True)
class MigrationsSettings(ZeroDowntimeMigrationSettings):
    """The database's schema."""

    job: Annotated[
        JobSettings | None,
        Setting("Migrate in the cluster; without, from the machine that deploys"),
    ] = None

    def faults(self) -> Iterator[Fault]:
        if self.job is not None:
            yield from below("job", self.job.faults())
        yield from super().faults()
        yield from self.backfill_faults(in_job=self.job is not None)
        yield from self.certificate_faults(in_job=self.job is not None)
        yield from history_faults(self)
