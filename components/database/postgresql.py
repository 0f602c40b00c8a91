"""A PostgreSQL database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi_aws as aws
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions

from components.arguments import Args, Fault, log_retention_faults
from components.component import AwsAccount, Component
from components.database.parameters import server_parameters
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.policy_document import trust

PORT = 5432
EXPORTED_LOGS = ("postgresql", "upgrade")
IDENTIFIER = re.compile(r"^[a-z](?:-?[a-z0-9]){0,46}$")
SQL_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,62}$")
VERSION = re.compile(r"^1[3-9](\.\d{1,2})?$")
RESERVED_USERS = frozenset({"admin", "rdsadmin", "postgres_exporter"})
# What RDS allows of Performance Insights' retention, in days, by the kind of insights.
INSIGHTS_RETENTION_DAYS = {"standard": 7, "advanced": 465}


@dataclass(frozen=True, kw_only=True)
class PostgresqlArgs(Args):
    """`identifier`: first part of the instance's name; a random suffix follows it.

    `version`: a major version (minor ones then come by themselves) or an exact one, such as
    `18.1`. `subnet_ids`: at least two zones. `clients`: security groups that may connect, keyed by
    a stable name. `storage_gib` grows by itself up to `max_storage_gib`. `slow_statement_ms`:
    statements that take longer are logged. `protect`: Pulumi itself refuses to delete it, too.
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
    username: str = "groundwork"
    storage_gib: int = 20
    max_storage_gib: int = 100
    multi_az: bool = True
    backup_retention_days: int = 14
    backup_window: str = "02:00-03:00"
    maintenance_window: str = "sun:03:30-sun:04:30"
    insights: Literal["standard", "advanced"] = "standard"
    slow_statement_ms: int = 500
    parameters: Mapping[str, str] = field(default_factory=dict)
    log_retention_days: int = 90
    deletion_protection: bool = True
    protect: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from self._name_faults()
        if not 20 <= self.storage_gib <= self.max_storage_gib:
            yield Fault(
                "storage_gib",
                self.storage_gib,
                f"it has to lie between 20 and max_storage_gib ({self.max_storage_gib})",
            )
        if not 1 <= self.backup_retention_days <= 35:
            yield Fault(
                "backup_retention_days",
                self.backup_retention_days,
                "RDS keeps backups for 1 to 35 days; without backups there is no recovery",
            )
        yield from log_retention_faults("log_retention_days", self.log_retention_days)

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
        if self.username in RESERVED_USERS:
            yield Fault("username", self.username, "RDS keeps this name for itself")


def _secret_arn(secrets: Sequence[aws.rds.outputs.InstanceMasterUserSecret]) -> str:
    if not secrets or secrets[0].secret_arn is None:
        raise RuntimeError("RDS names no secret for the master user, although it was to manage one")
    return secrets[0].secret_arn


class Postgresql(Component):
    """An encrypted instance that only its clients reach, over TLS; its keys, parameters and logs.

    RDS makes and rotates the master password in Secrets Manager: it is in no state and no log.
    Changes that need a restart wait for the maintenance window. A deletion leaves a final
    snapshot. Outputs: `address`, `port`, `database_name`, `secret_arn` (JSON with `username` and
    `password`), `instance_arn`, `security_group_id`.
    """

    subject = "database"

    address: Output[str]
    port: Output[int]
    database_name: Output[str]
    secret_arn: Output[str]
    instance_arn: Output[str]
    security_group_id: Output[str]

    def __init__(
        self, name: str, args: PostgresqlArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        self._args = args
        self._storage_key = self._create_key("storage", "its storage, backups and insights")
        self._secret_key = self._create_key("secret", "its master user's password")
        suffix = random.RandomId(self.child_name("suffix"), byte_length=4, opts=self.child())
        self._identifier = Output.concat(args.identifier, "-", suffix.hex)
        group = self._create_security_group()
        instance = self._create_instance(group)
        self.address = instance.address
        self.port = instance.port
        self.database_name = instance.db_name
        self.secret_arn = instance.master_user_secrets.apply(_secret_arn)
        self.instance_arn = instance.arn
        self.security_group_id = group.id
        self.register_outputs(self.outputs())

    def _create_key(self, what: str, protects: str) -> EncryptionKey:
        return EncryptionKey(
            self.child_name(what),
            EncryptionKeyArgs(
                account=self._args.account,
                description=f"PostgreSQL {self._args.identifier}: {protects}",
                tags=self._args.tags,
            ),
            opts=self.child(),
        )

    def _create_security_group(self) -> aws.ec2.SecurityGroup:
        name = self.child_name("security-group")
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=self._args.vpc_id,
            description=f"PostgreSQL {self._args.identifier}",
            tags=self.tags(name),
            opts=self.child(),
        )
        for key, client in self._args.clients.items():
            rule = self.child_name("ingress", key)
            aws.vpc.SecurityGroupIngressRule(
                rule,
                security_group_id=group.id,
                referenced_security_group_id=client,
                ip_protocol="tcp",
                from_port=PORT,
                to_port=PORT,
                description=f"PostgreSQL from {key}",
                tags=self.tags(rule),
                opts=self.child(),
            )
        return group

    def _create_log_groups(self) -> list[aws.cloudwatch.LogGroup]:
        """RDS would make them by itself: without encryption, and kept for ever."""
        groups: list[aws.cloudwatch.LogGroup] = []
        for log in EXPORTED_LOGS:
            name = self.child_name("logs", log)
            groups.append(
                aws.cloudwatch.LogGroup(
                    name,
                    name=Output.concat("/aws/rds/instance/", self._identifier, "/", log),
                    retention_in_days=self._args.log_retention_days,
                    kms_key_id=self._args.log_key_arn,
                    tags=self.tags(name),
                    opts=self.child(),
                )
            )
        return groups

    def _create_monitoring_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        name = self.child_name("monitoring")
        role = aws.iam.Role(
            name,
            assume_role_policy=trust("monitoring.rds.amazonaws.com"),
            tags=self.tags(name),
            opts=self.child(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            self.child_name("monitoring-policy"),
            role=role.name,
            policy_arn=self._args.account.managed_policy(
                "service-role/AmazonRDSEnhancedMonitoringRole"
            ),
            opts=self.child(),
        )
        return role, attachment

    def _create_parameter_group(self) -> aws.rds.ParameterGroup:
        name = self.child_name("parameters")
        return aws.rds.ParameterGroup(
            name,
            family=f"postgres{self._args.version.partition('.')[0]}",
            description=f"PostgreSQL {self._args.identifier}",
            parameters=server_parameters(
                slow_statement_ms=self._args.slow_statement_ms, extra=self._args.parameters
            ),
            tags=self.tags(name),
            opts=self.child(),
        )

    def _create_instance(self, group: aws.ec2.SecurityGroup) -> aws.rds.Instance:
        args = self._args
        subnets_name, name = self.child_name("subnets"), self.child_name("instance")
        subnets = aws.rds.SubnetGroup(
            subnets_name,
            subnet_ids=args.subnet_ids,
            tags=self.tags(subnets_name),
            opts=self.child(),
        )
        role, attachment = self._create_monitoring_role()
        return aws.rds.Instance(
            name,
            identifier=self._identifier,
            engine="postgres",
            engine_version=args.version,
            # RDS must not move past a version that is pinned to the minor one.
            auto_minor_version_upgrade="." not in args.version,
            instance_class=args.instance_class,
            storage_type="gp3",
            allocated_storage=args.storage_gib,
            max_allocated_storage=args.max_storage_gib,
            storage_encrypted=True,
            kms_key_id=self._storage_key.arn,
            db_name=args.database_name,
            port=PORT,
            username=args.username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=self._secret_key.arn,
            iam_database_authentication_enabled=True,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[group.id],
            publicly_accessible=False,
            multi_az=args.multi_az,
            parameter_group_name=self._create_parameter_group().name,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            backup_retention_period=args.backup_retention_days,
            backup_window=args.backup_window,
            maintenance_window=args.maintenance_window,
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            skip_final_snapshot=False,
            final_snapshot_identifier=Output.concat(self._identifier, "-final"),
            deletion_protection=args.deletion_protection,
            enabled_cloudwatch_logs_exports=list(EXPORTED_LOGS),
            database_insights_mode=args.insights,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._storage_key.arn,
            performance_insights_retention_period=INSIGHTS_RETENTION_DAYS[args.insights],
            monitoring_interval=60,
            monitoring_role_arn=role.arn,
            apply_immediately=False,
            tags=self.tags(name),
            opts=self.child(
                depends_on=[attachment, *self._create_log_groups()], protect=args.protect or None
            ),
        )
