"""The arguments of a PostgreSQL database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Literal

from pulumi import Input

from components.arguments import Args, Fault, inside_faults, log_retention_faults
from components.component import AwsAccount
from components.database.windows import window_faults

IDENTIFIER = re.compile(r"^(?=.{1,47}$)[a-z](?:-?[a-z0-9])*$")
SQL_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,62}$")
VERSION = re.compile(r"^1[3-9](\.\d{1,2})?$")
# RDS's own, and of PostgreSQL's key words those that somebody may think of.
RESERVED_USERS = frozenset(
    {
        *("admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "postgres_exporter"),
        *("all", "any", "authorization", "current_role", "current_user", "default", "none"),
        *("public", "session_user", "user"),
    }
)


@dataclass(frozen=True, kw_only=True)
class PostgresqlArgs(Args):
    """`identifier`: first part of the instance's name; a random suffix follows it.

    `version`: a major version (minor ones then come by themselves) or an exact one, such as
    `18.1`. `subnet_ids`: at least two zones. `clients`: security groups that may connect, keyed by
    a stable name. `client_cidrs`: private networks that may, such as a VPN's. `storage_gib` grows
    by itself up to `max_storage_gib`, at least 10 % more. `slow_statement_ms`: statements that take
    longer are logged; -1 logs none. `support`: with `extended`, RDS keeps a version beyond its end
    for extra money; with `standard`, it upgrades it then. `allow_major_version_upgrade`: `version`
    may become a later major one; while true, changes do not wait for the maintenance window.
    `protect`: Pulumi itself refuses to delete it, too.
    """

    account: AwsAccount
    identifier: str
    version: str
    instance_class: str
    vpc_id: Input[str]
    subnet_ids: Input[Sequence[Input[str]]]
    clients: Mapping[str, Input[str]]
    log_key_arn: Input[str]
    database_name: str
    client_cidrs: Sequence[IPv4Network] = ()
    username: str = "groundwork"
    storage_gib: int = 20
    max_storage_gib: int = 100
    multi_az: bool = True
    backup_retention_days: int = 14
    backup_window: str = "02:00-03:00"
    maintenance_window: str = "sun:03:30-sun:04:30"
    support: Literal["standard", "extended"] = "standard"
    allow_major_version_upgrade: bool = False
    insights: Literal["standard", "advanced"] = "standard"
    slow_statement_ms: int = 500
    parameters: Mapping[str, str] = field(default_factory=dict)
    log_retention_days: int = 90
    deletion_protection: bool = True
    protect: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from self._name_faults()
        yield from inside_faults("client_cidrs", self.client_cidrs)
        yield from self._storage_faults()
        if not 1 <= self.backup_retention_days <= 35:
            yield Fault(
                "backup_retention_days",
                self.backup_retention_days,
                "RDS keeps backups for 1 to 35 days; without backups there is no recovery",
            )
        if self.slow_statement_ms < -1:
            yield Fault(
                "slow_statement_ms",
                self.slow_statement_ms,
                "give milliseconds, 0 to log every statement, or -1 to log none",
            )
        yield from window_faults(self.backup_window, self.maintenance_window)
        yield from log_retention_faults("log_retention_days", self.log_retention_days)

    def _storage_faults(self) -> Iterator[Fault]:
        if self.storage_gib < 20:
            yield Fault("storage_gib", self.storage_gib, "RDS begins at 20 GiB")
        # 10 % more, rounded up, without the errors of floating point.
        least = -(-self.storage_gib * 11 // 10)
        if self.max_storage_gib < least:
            yield Fault(
                "max_storage_gib",
                self.max_storage_gib,
                f"RDS wants at least 10 % more than storage_gib ({self.storage_gib}):"
                f" {least} or more",
            )

    def _name_faults(self) -> Iterator[Fault]:
        if not IDENTIFIER.match(self.identifier):
            yield Fault(
                "identifier",
                self.identifier,
                "use at most 47 lower-case letters, digits and single hyphens, a letter first",
            )
        if not VERSION.match(self.version):
            yield Fault(
                "version", self.version, "give a PostgreSQL version, such as '18' or '18.1'"
            )
        for field_name, value in (
            ("database_name", self.database_name),
            ("username", self.username),
        ):
            if not SQL_NAME.match(value):
                yield Fault(
                    field_name,
                    value,
                    "use at most 63 letters, digits and underscores, a letter first",
                )
        name = self.username.lower()
        if name in RESERVED_USERS or name.startswith("pg_"):
            yield Fault("username", self.username, "RDS or PostgreSQL keeps this name for itself")
