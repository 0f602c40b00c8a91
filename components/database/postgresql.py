"""A PostgreSQL database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pulumi_aws as aws
import pulumi_random as random
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.arguments import network_key
from components.component import Component
from components.database.arguments import PostgresqlArgs
from components.database.parameters import server_parameters
from components.encryption import EncryptionKey, EncryptionKeyArgs, log_key
from components.partition import service_principal
from components.policy_document import read_secrets_policy, trust

PORT = 5432
# Storage is optimised, versions are upgraded and snapshots are taken in the time that data needs.
TIMEOUTS = CustomTimeouts(create="2h", update="12h", delete="4h")
EXPORTED_LOGS = ("postgresql", "upgrade")
LIFECYCLES = {
    "standard": "open-source-rds-extended-support-disabled",
    "extended": "open-source-rds-extended-support",
}
# What RDS allows of Performance Insights' retention, in days, by the kind of insights.
INSIGHTS_RETENTION_DAYS = {"standard": 7, "advanced": 465}


def _secret_arn(secrets: Sequence[aws.rds.outputs.InstanceMasterUserSecret]) -> str:
    if not secrets or secrets[0].secret_arn is None:
        raise RuntimeError("RDS names no secret for the master user, although it was to manage one")
    return secrets[0].secret_arn


class Postgresql(Component):
    """An encrypted instance that only its clients reach, over TLS; its keys, parameters and logs.

    RDS makes and rotates the master password in Secrets Manager: it is in no state and no log.
    Changes that interrupt it wait for the maintenance window, unless a new major version is
    allowed. RDS does not restart it there for parameters that are read only at the start: those
    wait for `aws rds reboot-db-instance`. A deletion leaves a final snapshot. Outputs: `address`,
    `port`, `database_name`, `secret_arn` (JSON with `username` and `password`), `secret_policy` (an
    IAM policy, in JSON, to read this secret), `instance_arn`, `security_group_id`,
    `storage_gib` (of the arguments).
    """

    subject = "database"

    address: Output[str]
    port: Output[int]
    database_name: Output[str]
    secret_arn: Output[str]
    secret_policy: Output[str]
    instance_arn: Output[str]
    security_group_id: Output[str]
    storage_gib: Output[int]

    def __init__(
        self, name: str, args: PostgresqlArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        first = args.identifier or name
        # Made anew, so that the component's name is checked too where it becomes the identifier.
        self._args = args = replace(args, identifier=first)
        self._account = args.network.account
        # The final snapshot and the backups that RDS keeps are worth nothing without it.
        self._storage_key = self._create_key(
            "storage", "its storage, backups and insights", outlives_stack=True
        )
        self._secret_key = self._create_key("secret", "its master user's password")
        suffix = random.RandomId(
            self.child_name("suffix"),
            byte_length=4,
            # What replaces the instance: its final snapshot must not take its successor's name.
            keepers={"database_name": args.database_name, "username": args.username},
            opts=self.child(),
        )
        self._identifier = Output.concat(first, "-", suffix.hex)
        group = self._create_security_group()
        instance = self._create_instance(group)
        self.address = instance.address
        self.port = instance.port
        self.database_name = instance.db_name
        self.secret_arn = instance.master_user_secrets.apply(_secret_arn)
        self.secret_policy = read_secrets_policy(
            self._account, secret_arns=[self.secret_arn], key_arn=self._secret_key.arn
        )
        self.instance_arn = instance.arn
        self.security_group_id = group.id
        self.storage_gib = Output.from_input(args.storage_gib)
        self.register_outputs(self.outputs())

    def _create_key(
        self, what: str, protects: str, *, outlives_stack: bool = False
    ) -> EncryptionKey:
        return EncryptionKey(
            self.child_name(what),
            EncryptionKeyArgs(
                account=self._account,
                description=f"PostgreSQL {self._args.identifier}: {protects}",
                outlives_stack=outlives_stack,
                tags=self._args.tags,
            ),
            opts=self.child(),
        )

    def _create_security_group(self) -> aws.ec2.SecurityGroup:
        name = self.child_name("security-group")
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=self._args.network.vpc_id,
            description=f"PostgreSQL {self._args.identifier}",
            tags=self.tags(name),
            opts=self.child(),
        )
        for key, client in self._args.clients.items():
            self._let_in(group, key, key, referenced_security_group_id=client)
        for network in self._args.client_cidrs:
            self._let_in(group, network_key(network), str(network), cidr_ipv4=str(network))
        return group

    def _let_in(
        self, group: aws.ec2.SecurityGroup, key: str, who: str, **source: Input[str]
    ) -> None:
        rule = self.child_name("ingress", key)
        aws.vpc.SecurityGroupIngressRule(
            rule,
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            description=f"PostgreSQL from {who}",
            tags=self.tags(rule),
            opts=self.child(),
            **source,
        )

    def _create_log_groups(self) -> list[aws.cloudwatch.LogGroup]:
        """RDS would make them by itself: without encryption, and kept for ever."""
        key = log_key(self, self._args.log_key_arn, self._account, self._args.tags)
        groups: list[aws.cloudwatch.LogGroup] = []
        for log in EXPORTED_LOGS:
            name = self.child_name("logs", log)
            groups.append(
                aws.cloudwatch.LogGroup(
                    name,
                    name=Output.concat("/aws/rds/instance/", self._identifier, "/", log),
                    retention_in_days=self._args.log_retention_days,
                    kms_key_id=key,
                    tags=self.tags(name),
                    opts=self.child(retain_on_delete=True),
                )
            )
        return groups

    def _create_monitoring_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        name = self.child_name("monitoring")
        role = aws.iam.Role(
            name,
            assume_role_policy=trust(service_principal("monitoring.rds")),
            tags=self.tags(name),
            opts=self.child(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            self.child_name("monitoring-policy"),
            role=role.name,
            policy_arn=self._account.managed_policy("service-role/AmazonRDSEnhancedMonitoringRole"),
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
                slow_statement_ms=self._args.slow_statement_ms,
                extra={**self._args.parameters, **self._args.weakening_parameters},
            ),
            tags=self.tags(name),
            opts=self.child(),
        )

    def _create_instance(self, group: aws.ec2.SecurityGroup) -> aws.rds.Instance:
        args = self._args
        subnets_name, name = self.child_name("subnets"), self.child_name("instance")
        subnets = aws.rds.SubnetGroup(
            subnets_name,
            subnet_ids=args.network.database_subnet_ids,
            tags=self.tags(subnets_name),
            opts=self.child(),
        )
        role, attachment = self._create_monitoring_role()
        return aws.rds.Instance(
            name,
            identifier=self._identifier,
            engine="postgres",
            engine_version=args.version,
            allow_major_version_upgrade=args.allow_major_version_upgrade,
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
            engine_lifecycle_support=LIFECYCLES[args.support],
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
            # The old version's parameter group can only go once the new version runs.
            apply_immediately=args.allow_major_version_upgrade,
            tags=self.tags(name),
            opts=ResourceOptions.merge(
                self.child(depends_on=[attachment, *self._create_log_groups()]),
                ResourceOptions(custom_timeouts=TIMEOUTS),
            ),
        )
