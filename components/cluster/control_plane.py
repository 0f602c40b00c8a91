"""The part of EKS that AWS runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Annotated, Literal

import pulumi_aws as aws
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.account import AwsAccount
from components.arguments import (
    INSIDE_NETWORKS,
    PRIVATE_NETWORKS,
    Args,
    Fault,
    Setting,
    Settings,
    log_retention_faults,
    overlap_faults,
)
from components.cluster.versions import CURRENT, version_faults
from components.component import Component
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.leftovers import left_log_group
from components.partition import service_principal
from components.policy_document import output_document, trust

CLUSTER_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
# Anything wider is no organisation's own network, nor are several that are as wide together.
NARROW_ENOUGH = 8
MOST_ADDRESSES = 2 ** (32 - NARROW_ENOUGH)
# What EKS takes (quota "Public endpoint access CIDR ranges per cluster", which is fixed).
MOST_PUBLIC_NETWORKS = 40
# EKS refuses addresses that nobody has on the internet: private ones, those that carriers share,
# loopback, link-local.
RESERVED_NETWORKS = (*INSIDE_NETWORKS, *map(IPv4Network, ("127.0.0.0/8", "169.254.0.0/16")))
SERVICE_CIDR = IPv4Network("172.20.0.0/16")
# The provider gives up after half an hour, and a quarter of one for a deletion.
TIMEOUTS = CustomTimeouts(create="1h", update="3h", delete="1h")
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@dataclass(frozen=True, kw_only=True)
class ControlPlaneSettings(Settings):
    """What a cluster is before it has a node."""

    name: Annotated[
        str | None,
        Setting(
            "The cluster's name, unique in account and region; another name is another cluster:"
            " destroy the stack first, or deploy a second one",
            example="groundwork",
            required=True,
        ),
    ] = None
    version: Annotated[
        str | None, Setting("Kubernetes version, in quotes", example=CURRENT, required=True)
    ] = None
    service_cidr: Annotated[
        IPv4Network,
        Setting(
            "Addresses of Kubernetes services, outside the VPC; others mean another cluster:"
            " destroy the stack first, or deploy a second one",
            example="172.20.0.0/16",
            required=True,
        ),
    ] = SERVICE_CIDR
    public_access_cidrs: Annotated[
        Sequence[IPv4Network],
        Setting(
            "Who may reach the API from the internet; nobody if empty; private networks belong into"
            " `private_access_cidrs`"
        ),
    ] = ()
    log_retention_days: Annotated[
        int, Setting("How long control-plane logs are kept", unit="days")
    ] = 90
    support: Annotated[
        Literal["standard", "extended"],
        Setting("`extended` keeps an old version running for extra money"),
    ] = "standard"
    deletion_protection: Annotated[
        bool, Setting("AWS refuses to delete the cluster until this is false")
    ] = True

    def faults(self) -> Iterator[Fault]:
        if self.name is not None and not CLUSTER_NAME.fullmatch(self.name):
            yield Fault("name", self.name, "use at most 100 letters, digits, hyphens, underscores")
        if self.version is not None:
            yield from version_faults("version", self.version, self.support)
        if not 12 <= self.service_cidr.prefixlen <= 24 or not any(
            map(self.service_cidr.subnet_of, PRIVATE_NETWORKS)
        ):
            yield Fault(
                "service_cidr",
                str(self.service_cidr),
                f"use a part, /12 to /24, of {', '.join(map(str, PRIVATE_NETWORKS))}",
            )
        yield from self._public_access_faults()
        yield from log_retention_faults("log_retention_days", self.log_retention_days)

    def _public_access_faults(self) -> Iterator[Fault]:
        for position, cidr in enumerate(self.public_access_cidrs):
            reserved = next(filter(cidr.overlaps, RESERVED_NETWORKS), None)
            if cidr.prefixlen < NARROW_ENOUGH:
                yield Fault(
                    f"public_access_cidrs[{position}]",
                    str(cidr),
                    "the API must not be open to everybody; name the networks that need it, each"
                    f" /{NARROW_ENOUGH} or smaller",
                )
            elif reserved is not None:
                yield Fault(
                    f"public_access_cidrs[{position}]",
                    str(cidr),
                    f"it overlaps {reserved}, which no caller from the internet has; private"
                    " networks belong into private_access_cidrs",
                )
        yield from overlap_faults("public_access_cidrs", self.public_access_cidrs)
        yield from self._public_sum_faults()

    def _public_sum_faults(self) -> Iterator[Fault]:
        """Networks that are narrow enough each, and too many or too wide together."""
        narrow = [one for one in self.public_access_cidrs if one.prefixlen >= NARROW_ENOUGH]
        addresses = sum(one.num_addresses for one in narrow)
        if addresses > MOST_ADDRESSES:
            yield Fault(
                "public_access_cidrs",
                [str(one) for one in narrow],
                f"together they let {addresses:,} addresses in; the API must not be open to more"
                f" than a /{NARROW_ENOUGH} holds ({MOST_ADDRESSES:,})",
            )
        if len(self.public_access_cidrs) > MOST_PUBLIC_NETWORKS:
            yield Fault(
                "public_access_cidrs",
                len(self.public_access_cidrs),
                f"EKS takes at most {MOST_PUBLIC_NETWORKS} networks",
            )


@dataclass(frozen=True, kw_only=True)
class ControlPlaneArgs(ControlPlaneSettings, Args):
    """ControlPlaneSettings with a name. `subnet_ids`: in two zones or more, for ever.

    `security_group_ids`: of the control plane's addresses, beside the group that EKS makes for them
    and the nodes.
    """

    account: AwsAccount
    subnet_ids: Input[Sequence[Input[str]]]
    security_group_ids: Sequence[Input[str]] = ()
    log_key_arn: Input[str]
    tags: Mapping[str, str] = field(default_factory=dict)


class ControlPlane(Component):
    """An EKS cluster without nodes, its role, the key for its secrets, its log group.

    Outputs: `cluster_name`, `arn`, `version`, `endpoint`, `certificate_authority` (base64 of PEM),
    `security_group_id` (of control plane and nodes), `secrets_key_arn`.
    """

    subject = "cluster"

    cluster_name: Output[str]
    arn: Output[str]
    version: Output[str]
    endpoint: Output[str]
    certificate_authority: Output[str]
    security_group_id: Output[str]
    secrets_key_arn: Output[str]

    def __init__(
        self, name: str, args: ControlPlaneArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        key = EncryptionKey(
            self.child_name("secrets"),
            EncryptionKeyArgs(
                account=args.account,
                description=f"Kubernetes secrets of cluster {args.name}",
                tags=args.tags,
            ),
            opts=self.child(),
        )
        role, policies = self._create_role(args, key)
        group_name = self.child_name("logs")
        # EKS would make this group by itself, unencrypted and without an end to its retention, and
        # may do so after a destroy that has deleted it, with the last events.
        logs, tags = f"/aws/eks/{args.name}/cluster", self.tags(group_name)
        group = aws.cloudwatch.LogGroup(
            group_name,
            name=logs,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.log_key_arn,
            tags=tags,
            opts=self.child(retain_on_delete=True, import_=left_log_group(self, logs, tags)),
        )
        cluster_name = self.child_name("cluster")
        cluster = aws.eks.Cluster(
            cluster_name,
            name=args.name,
            version=args.version,
            role_arn=role.arn,
            # The deploying principal gets no hidden rights: access is what the grants say.
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            bootstrap_self_managed_addons=False,
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=args.subnet_ids,
                security_group_ids=list(args.security_group_ids) or None,
                endpoint_private_access=True,
                endpoint_public_access=bool(args.public_access_cidrs),
                public_access_cidrs=[str(cidr) for cidr in args.public_access_cidrs] or None,
            ),
            kubernetes_network_config=aws.eks.ClusterKubernetesNetworkConfigArgs(
                ip_family="ipv4", service_ipv4_cidr=str(args.service_cidr)
            ),
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(
                resources=["secrets"],
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=key.arn),
            ),
            enabled_cluster_log_types=list(LOG_TYPES),
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=args.support.upper()),
            deletion_protection=args.deletion_protection,
            tags=self.tags(cluster_name),
            opts=ResourceOptions.merge(
                self.child(depends_on=[*policies, group]),
                ResourceOptions(custom_timeouts=TIMEOUTS),
            ),
        )
        self.cluster_name = cluster.name
        self.arn = cluster.arn
        self.version = cluster.version
        self.endpoint = cluster.endpoint
        self.certificate_authority = cluster.certificate_authority.data
        self.security_group_id = cluster.vpc_config.cluster_security_group_id
        self.secrets_key_arn = key.arn
        self.register_outputs(self.outputs())

    def _create_role(
        self, args: ControlPlaneArgs, key: EncryptionKey
    ) -> tuple[aws.iam.Role, list[aws.iam.RolePolicy | aws.iam.RolePolicyAttachment]]:
        name = self.child_name("role")
        role = aws.iam.Role(
            name,
            assume_role_policy=trust(service_principal("eks")),
            tags=self.tags(name),
            opts=self.child(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            self.child_name("role-policy", "AmazonEKSClusterPolicy"),
            role=role.name,
            policy_arn=args.account.managed_policy("AmazonEKSClusterPolicy"),
            opts=self.child(),
        )
        encryption = aws.iam.RolePolicy(
            self.child_name("role-encryption"),
            role=role.name,
            policy=output_document(
                {
                    "Effect": "Allow",
                    "Action": [
                        "kms:Encrypt",
                        "kms:Decrypt",
                        "kms:ListGrants",
                        "kms:DescribeKey",
                    ],
                    "Resource": key.arn,
                }
            ),
            opts=self.child(),
        )
        return role, [attachment, encryption]
