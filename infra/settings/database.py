"""`groundwork:database`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pulumi import Input
from pydantic import Field

from components.arguments import Fault
from components.database import PostgresqlArgs
from infra.settings.subject import Foundation, Network, Subject, attempt


class DatabaseSettings(Subject):
    """PostgreSQL on RDS."""

    identifier: str = Field(
        description="First part of the instance's name; a random suffix follows it",
        examples=["groundwork"],
    )
    version: str = Field(
        description="PostgreSQL version, in quotes: a major one (minor updates then come by"
        " themselves) or an exact one",
        examples=["18.1"],
    )
    instance_class: str = Field(description="RDS instance class", examples=["db.m7g.large"])
    database_name: str = Field(description="The first database", examples=["app"])
    username: str = Field(
        default="groundwork", description="The master user; RDS makes its password"
    )
    client_cidrs: list[Network] = Field(
        default=[],
        description="Private networks that may connect, beside the cluster: the network of the"
        " machine that deploys, or a VPN",
    )
    storage_gib: int = Field(default=20, description="Storage at the start, in GiB")
    max_storage_gib: int = Field(
        default=100,
        description="Up to where storage grows by itself, in GiB; at least 10 % more than"
        " `storage_gib`",
    )
    multi_az: bool = Field(default=True, description="A standby in a second zone takes over")
    backup_retention_days: int = Field(default=14, description="How far back a restore can go")
    backup_window: str = Field(default="02:00-03:00", description="When backups are taken, UTC")
    maintenance_window: str = Field(
        default="sun:03:30-sun:04:30",
        description="When changes that interrupt the server are made, UTC; not those of"
        " `parameters`",
    )
    support: Literal["standard", "extended"] = Field(
        default="standard",
        description="`extended` keeps a version beyond its end for extra money; `standard` has RDS"
        " upgrade it then",
    )
    allow_major_version_upgrade: bool = Field(
        default=False,
        description="Let `version` become a later major one; while true, changes are made at once,"
        " not in the maintenance window",
    )
    insights: Literal["standard", "advanced"] = Field(
        default="standard", description="Database Insights; `advanced` keeps 15 months and costs"
    )
    slow_statement_ms: int = Field(
        default=500, description="Statements that take longer are logged; -1 logs none"
    )
    parameters: dict[str, str] = Field(
        default={},
        description="Further server parameters, by name; values in quotes. One that the server"
        " reads only at its start waits for `aws rds reboot-db-instance`: RDS does not restart the"
        " server for it in the maintenance window",
    )
    log_retention_days: int = Field(default=90, description="How long the server's logs are kept")
    deletion_protection: bool = Field(
        default=True, description="AWS refuses to delete the instance until this is false"
    )
    protect: bool = Field(
        default=False, description="Pulumi refuses to delete or replace the instance, too"
    )

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        return attempt(lambda: self.postgresql(foundation, vpc_id="", subnet_ids=[], clients={}))

    def postgresql(
        self,
        foundation: Foundation,
        *,
        vpc_id: Input[str],
        subnet_ids: Input[Sequence[Input[str]]],
        clients: Mapping[str, Input[str]],
    ) -> PostgresqlArgs:
        """Arguments of the database."""
        return PostgresqlArgs(
            account=foundation.account,
            vpc_id=vpc_id,
            subnet_ids=subnet_ids,
            clients=clients,
            log_key_arn=foundation.log_key_arn,
            tags=foundation.tags,
            **{name: getattr(self, name) for name in type(self).model_fields},
        )
