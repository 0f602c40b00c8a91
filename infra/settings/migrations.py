"""`groundwork:migrations`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Literal

from pulumi import Input, Resource, ResourceOptions
from pydantic import Field

from components.arguments import Fault
from components.cluster import WorkloadIdentityArgs
from components.duration import duration_faults
from components.migration import MigratorJobArgs, ZeroDowntimeMigrationArgs
from infra.settings.subject import Duration, Foundation, StrictModel, Subject, attempt


class JobSettings(StrictModel):
    """A Kubernetes Job that migrates, where the machine that deploys cannot reach the database."""

    image: str = Field(description="Image with the migrations and the migrator, at a fixed version")
    namespace: str = Field(default="migrations", description="Where the Job runs")
    service_account: str = Field(
        default="migrator", description="As whom it runs; may read the database's secret"
    )
    deadline: Duration = Field(
        default=timedelta(hours=1), description="A Job that takes longer is ended"
    )

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        """What Kubernetes would refuse."""
        yield from attempt(lambda: self.identity(foundation, cluster_name="", policy="{}"))
        yield from duration_faults("deadline", self.deadline)
        name = self.image.rpartition("/")[2]
        if ":" not in name or name.endswith(":latest"):
            yield Fault("image", self.image, "name a version, such as 'registry/migrator:1.4.2'")

    def identity(
        self, foundation: Foundation, *, cluster_name: Input[str], policy: Input[str]
    ) -> WorkloadIdentityArgs:
        """Arguments of the Job's namespace, service account and role."""
        return WorkloadIdentityArgs(
            cluster_name=cluster_name,
            namespace=self.namespace,
            service_account=self.service_account,
            policy=policy,
            tags=foundation.tags,
        )

    def job(self, *, namespace: Input[str], service_account: Input[str]) -> MigratorJobArgs:
        """The component's form of it."""
        return MigratorJobArgs(
            image=self.image,
            namespace=namespace,
            service_account=service_account,
            deadline_seconds=int(self.deadline.total_seconds()),
        )


class MigrationSettings(Subject):
    """The database's schema."""

    script_location: str = Field(
        default="migrations", description="Folder with alembic.ini, from the project's root"
    )
    target: str = Field(default="head", description="Revision to reach: an id, or `head`")
    approved_contracts: list[str] = Field(
        default=[],
        description="Contract revisions that may run, by revision id: they remove what an older"
        " release of the application may still use",
    )
    backfills: list[str] | None = Field(
        default=None, description="Backfills to run; without a list, all that contracts name"
    )
    lint: Literal["fail", "warn", "off"] = Field(
        default="fail", description="What an unsafe revision does to the preview"
    )
    unapproved: Literal["warn", "fail"] = Field(
        default="warn",
        description="What a contract revision that is not approved does to the preview, if no"
        " expand revision waits behind it",
    )
    ssl_mode: Literal["require", "verify-ca", "verify-full"] = Field(
        default="require",
        description="How strictly the server's certificate is checked, as libpq's",
    )
    ssl_root_cert: str | None = Field(
        default=None, description="File with the authority's certificates, for the `verify` modes"
    )
    job: JobSettings | None = Field(
        default=None, description="Migrate in the cluster; without, from the machine that deploys"
    )

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        job = None
        if self.job is not None:
            for fault in self.job.faults(foundation):
                yield Fault(f"job.{fault.field}", fault.value, fault.expected)
            job = self.job.job(namespace="", service_account="")
        yield from attempt(
            lambda: self.migration(
                host="",
                port=0,
                database="",
                secret_arn="",
                region=foundation.account.region,
                postgres_version="18",
                job=job,
                application=lambda _: [],
            )
        )

    def migration(
        self,
        *,
        host: Input[str],
        port: Input[int],
        database: Input[str],
        secret_arn: Input[str],
        region: str,
        postgres_version: str,
        job: MigratorJobArgs | None,
        application: Callable[[ResourceOptions], Resource | Sequence[Resource]],
    ) -> ZeroDowntimeMigrationArgs:
        """Arguments of the migration around `application`, which creates what uses the schema."""
        return ZeroDowntimeMigrationArgs(
            script_location=self.script_location,
            host=host,
            port=port,
            database=database,
            secret_arn=secret_arn,
            region=region,
            target=self.target,
            approved_contracts=self.approved_contracts,
            backfills=self.backfills,
            lint=self.lint,
            unapproved=self.unapproved,
            postgres_version=int(postgres_version.partition(".")[0]),
            ssl_mode=self.ssl_mode,
            ssl_root_cert=self.ssl_root_cert,
            job=job,
            application=application,
        )
