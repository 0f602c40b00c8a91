"""The arguments of a PostgreSQL database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pulumi import Input

from components.arguments import (
    Args,
    Fault,
    Setting,
    Settings,
    inside_faults,
    log_retention_faults,
    network_key,
    overlap_faults,
    stable_key_faults,
)
from components.database.engine import instance_class_faults, version_faults
from components.database.weakening import parameter_faults
from components.database.windows import window_faults
from components.network import Network, subnet_faults

IDENTIFIER = re.compile(r"(?=.{1,47}$)[a-z](?:-?[a-z0-9])*")
SQL_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
# What the server counts milliseconds with.
LONGEST_MS = 2**31 - 1
MOST_STORAGE_GIB = 65_536
# RDS's own, and what PostgreSQL keeps beside its key words.
RESERVED_USERS = frozenset({"admin", "postgres_exporter", "none", "public"})
RESERVED_PREFIXES = ("pg_", "rds_", "rdsadmin", "rdsproxy", "rdsrepladmin", "rdstopmgr")
RESERVED_DATABASES = frozenset({"db", "rdsadmin", "template0", "template1"})
RESERVED = "RDS or PostgreSQL keeps this name for itself"


@cache
def key_words() -> frozenset[str]:
    """The words that SQL takes for names in quotes only; RDS takes them not at all."""
    from pglast.keywords import RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

    return frozenset({*RESERVED_KEYWORDS, *TYPE_FUNC_NAME_KEYWORDS})


def least_maximum(storage_gib: int) -> int:
    """The least that RDS takes for `max_storage_gib`: 10 % more than there is, rounded up."""
    # Without the errors of floating point.
    return -(-storage_gib * 11 // 10)


@dataclass(frozen=True, kw_only=True)
class PostgresqlSettings(Settings):
    """PostgreSQL on RDS."""

    identifier: Annotated[
        str | None,
        Setting(
            "First part of the instance's name; a random suffix follows it",
            example="groundwork",
            required=True,
        ),
    ] = None
    version: Annotated[
        str,
        Setting(
            "PostgreSQL version, in quotes: a major one (minor updates then come by themselves) or"
            " an exact one, which gets no update, not those of security either, until another is"
            " written here. RDS ends each at some time all the same, and updates it by force: then"
            " write the version that it has become",
            example="18.1",
            required=True,
        ),
    ] = "18"
    instance_class: Annotated[
        str, Setting("RDS instance class", example="db.m7g.large", required=True)
    ] = "db.m7g.large"
    database_name: Annotated[str, Setting("The first database", example="app", required=True)] = (
        "app"
    )
    username: Annotated[str, Setting("The master user; RDS makes its password")] = "groundwork"
    client_cidrs: Annotated[
        Sequence[IPv4Network],
        Setting(
            "Parts of the VPC that may connect, beside the cluster, such as the network of a"
            " machine there that deploys; networks outside get no answer: the database's subnets"
            " have no route to them yet"
        ),
    ] = ()
    storage_gib: Annotated[int, Setting("Storage at the start", unit="GiB")] = 20
    max_storage_gib: Annotated[
        int,
        Setting(
            "Up to where storage grows by itself; at least 10 % more than `storage_gib`", unit="GiB"
        ),
    ] = 100
    multi_az: Annotated[bool, Setting("A standby in a second zone takes over")] = True
    backup_retention_days: Annotated[int, Setting("How far back a restore can go", unit="days")] = (
        14
    )
    backup_window: Annotated[str, Setting("When backups are taken, UTC")] = "02:00-03:00"
    maintenance_window: Annotated[
        str,
        Setting("When changes that interrupt the server are made, UTC; not those of `parameters`"),
    ] = "sun:03:30-sun:04:30"
    support: Annotated[
        Literal["standard", "extended"],
        Setting(
            "`extended` keeps a version beyond its end for extra money; `standard` has RDS upgrade"
            " it then"
        ),
    ] = "standard"
    allow_major_version_upgrade: Annotated[
        bool,
        Setting(
            "Let `version` become a later major one; while true, changes are made at once, not in"
            " the maintenance window"
        ),
    ] = False
    insights: Annotated[
        Literal["standard", "advanced"],
        Setting("Database Insights; `advanced` keeps 15 months and costs"),
    ] = "standard"
    slow_statement_ms: Annotated[
        int,
        Setting(
            "Statements that take longer are logged, with the data in them; -1 logs none, 0 all,"
            " those that set passwords too",
            unit="milliseconds",
        ),
    ] = 500
    parameters: Annotated[
        Mapping[str, str],
        Setting(
            "Further server parameters, by name; values in quotes. One that the server reads only"
            " at its start waits for `aws rds reboot-db-instance`: RDS does not restart the server"
            " for it in the maintenance window",
            verbatim=True,
        ),
    ] = field(default_factory=dict)
    weakening_parameters: Annotated[
        Mapping[str, str],
        Setting(
            "Server parameters that take away what the database promises: TLS, commits that stay,"
            " logs that tell what happens and hold no data of people. `parameters` refuses them",
            verbatim=True,
        ),
    ] = field(default_factory=dict)
    log_retention_days: Annotated[
        int, Setting("How long the server's logs are kept", unit="days")
    ] = 90
    deletion_protection: Annotated[
        bool, Setting("AWS refuses to delete the instance until this is false")
    ] = True

    def faults(self) -> Iterator[Fault]:
        yield from self._name_faults()
        yield from inside_faults("client_cidrs", self.client_cidrs)
        yield from overlap_faults("client_cidrs", self.client_cidrs)
        yield from self._storage_faults()
        if not 1 <= self.backup_retention_days <= 35:
            yield Fault(
                "backup_retention_days",
                self.backup_retention_days,
                "RDS keeps backups for 1 to 35 days; without backups there is no recovery",
            )
        if not -1 <= self.slow_statement_ms <= LONGEST_MS:
            yield Fault(
                "slow_statement_ms",
                self.slow_statement_ms,
                "give milliseconds, 0 to log every statement, or -1 to log none;"
                f" at most {LONGEST_MS}",
            )
        yield from parameter_faults(self.parameters, self.weakening_parameters)
        yield from window_faults(self.backup_window, self.maintenance_window)
        yield from log_retention_faults("log_retention_days", self.log_retention_days)

    def _storage_faults(self) -> Iterator[Fault]:
        if self.storage_gib < 20:
            yield Fault("storage_gib", self.storage_gib, "RDS begins at 20 GiB")
        if self.max_storage_gib > MOST_STORAGE_GIB:
            yield Fault(
                "max_storage_gib", self.max_storage_gib, f"RDS ends at {MOST_STORAGE_GIB} GiB"
            )
        least = least_maximum(self.storage_gib)
        if self.max_storage_gib < least:
            yield Fault(
                "max_storage_gib",
                self.max_storage_gib,
                f"RDS wants at least 10 % more than storage_gib ({self.storage_gib}):"
                f" {least} or more",
            )

    def _name_faults(self) -> Iterator[Fault]:
        if self.identifier is not None and not IDENTIFIER.fullmatch(self.identifier):
            yield Fault(
                "identifier",
                self.identifier,
                "use at most 47 lower-case letters, digits and single hyphens, a letter first",
            )
        yield from version_faults("version", self.version, self.support)
        yield from instance_class_faults("instance_class", self.instance_class)
        for field_name, value in (
            ("database_name", self.database_name),
            ("username", self.username),
        ):
            if not SQL_NAME.fullmatch(value):
                yield Fault(
                    field_name,
                    value,
                    "use at most 63 letters, digits and underscores, a letter first",
                )
        name = self.username.lower()
        reserved = name in RESERVED_USERS or name.startswith(RESERVED_PREFIXES)
        if reserved or name in key_words():
            yield Fault("username", self.username, RESERVED)
        name = self.database_name.lower()
        if name in RESERVED_DATABASES or name in key_words():
            yield Fault("database_name", self.database_name, RESERVED)


@dataclass(frozen=True, kw_only=True)
class PostgresqlArgs(PostgresqlSettings, Args):
    """PostgresqlSettings, none of which must be given, and the `network` that it stands in.
    `client_cidrs` outside it need routes back in its database subnets.

    `identifier`: default, the component's name. `clients`: security groups that may connect, keyed
    by a stable name; nobody by default. `log_key_arn`: the KMS key of its log groups; default, one
    of the database's own.
    """

    network: Network
    clients: Mapping[str, Input[str]] = field(default_factory=dict)
    log_key_arn: Input[str] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        yield from subnet_faults(self.network, database_subnet_ids=2)
        named: dict[str, str] = {}
        for key, group in self.clients.items():
            yield from stable_key_faults(f"clients.{key}", key)
            if key in map(network_key, self.client_cidrs):
                yield Fault(f"clients.{key}", key, "`client_cidrs` has a network of this name")
            # What another resource gives is known later.
            if isinstance(group, str) and named.setdefault(group, key) != key:
                yield Fault(f"clients.{key}", group, f"{named[group]!r} names the same already")
