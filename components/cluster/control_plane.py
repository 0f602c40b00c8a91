"""The part of EKS that AWS runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Literal

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.arguments import Args
from components.component import AwsAccount, Component
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.policy_document import output_document, trust

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@dataclass(frozen=True, kw_only=True)
class ControlPlaneArgs(Args):
    """The same fields as ClusterArgs, which checks them."""

    account: AwsAccount
    cluster_name: str
    version: str
    subnet_ids: Input[Sequence[Input[str]]]
    service_cidr: IPv4Network
    public_access_cidrs: Sequence[IPv4Network]
    log_key_arn: Input[str]
    log_retention_days: int
    support: Literal["standard", "extended"]
    deletion_protection: bool
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
                description=f"Kubernetes secrets of cluster {args.cluster_name}",
                tags=args.tags,
            ),
            opts=self.child(),
        )
        role, policies = self._create_role(args, key)
        group_name = self.child_name("logs")
        # EKS would make this group by itself, unencrypted and without an end to its retention. It
        # may still do so after a destroy, with the last events: docs/deploying.md says what then.
        group = aws.cloudwatch.LogGroup(
            group_name,
            name=f"/aws/eks/{args.cluster_name}/cluster",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.log_key_arn,
            tags=self.tags(group_name),
            opts=self.child(),
        )
        cluster_name = self.child_name("cluster")
        cluster = aws.eks.Cluster(
            cluster_name,
            name=args.cluster_name,
            version=args.version,
            role_arn=role.arn,
            # The deploying principal gets no hidden rights: access is what the grants say.
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            bootstrap_self_managed_addons=False,
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=args.subnet_ids,
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
            opts=self.child(depends_on=[*policies, group]),
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
            assume_role_policy=trust("eks.amazonaws.com"),
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
