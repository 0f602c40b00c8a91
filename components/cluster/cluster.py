"""The EKS cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Literal

import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, Resource, ResourceOptions

from components.arguments import (
    INSIDE_NETWORKS,
    PRIVATE_NETWORKS,
    Args,
    Fault,
    inside_faults,
    log_retention_faults,
    network_key,
    stable_key_faults,
)
from components.cluster.access import AccessGrant, ClusterAccess, ClusterAccessArgs, grants_faults
from components.cluster.addons import BEFORE_NODES, ClusterAddons, ClusterAddonsArgs, addon_faults
from components.cluster.control_plane import ControlPlane, ControlPlaneArgs
from components.cluster.kubeconfig import kubeconfig
from components.cluster.nodes import NodeGroup, NodeGroupArgs, NodePool
from components.cluster.pod_identity import PodIdentity, PodIdentityArgs
from components.component import AwsAccount, Component
from components.policy_document import trust

CLUSTER_NAME = re.compile(r"^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$")
VERSION = re.compile(r"^1\.\d{2}$")
# Anything wider is no organisation's own network.
NARROW_ENOUGH = 8
HTTPS = 443
# EKS refuses addresses that nobody has on the internet: private ones, those that carriers share,
# loopback, link-local.
RESERVED_NETWORKS = (*INSIDE_NETWORKS, *map(IPv4Network, ("127.0.0.0/8", "169.254.0.0/16")))
SERVICE_CIDR = IPv4Network("172.20.0.0/16")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


@dataclass(frozen=True, kw_only=True)
class ClusterArgs(Args):
    """`control_plane_subnet_ids`, `node_subnet_ids`: in at least two zones; those of the control
    plane can never change.

    `version`: for example `1.35`. `service_cidr`: addresses of Kubernetes services, outside the
    VPC. `private_access_cidrs`: private networks that may reach the API, beside the nodes.
    `public_access_cidrs`: who may reach it from the internet; nobody by default, and never
    everybody. `support`: `extended` keeps an old version running for extra money. `access`,
    `node_pools` and `addons` (versions) are keyed by stable names. `wait_for`: what the nodes need
    to join, such as their way out of the VPC.
    """

    account: AwsAccount
    name: str
    version: str
    control_plane_subnet_ids: Input[Sequence[Input[str]]]
    node_subnet_ids: Input[Sequence[Input[str]]]
    log_key_arn: Input[str]
    access: Mapping[str, AccessGrant]
    node_pools: Mapping[str, NodePool]
    addons: Mapping[str, str]
    service_cidr: IPv4Network = SERVICE_CIDR
    private_access_cidrs: Sequence[IPv4Network] = ()
    public_access_cidrs: Sequence[IPv4Network] = ()
    log_retention_days: int = 90
    support: Literal["standard", "extended"] = "standard"
    deletion_protection: bool = True
    wait_for: Sequence[Resource] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        if not CLUSTER_NAME.match(self.name):
            yield Fault("name", self.name, "use at most 100 letters, digits, hyphens, underscores")
        if not VERSION.match(self.version):
            yield Fault("version", self.version, "give a minor version, such as '1.35'")
        if not 12 <= self.service_cidr.prefixlen <= 24 or not any(
            map(self.service_cidr.subnet_of, PRIVATE_NETWORKS)
        ):
            yield Fault(
                "service_cidr",
                str(self.service_cidr),
                f"use a part, /12 to /24, of {', '.join(map(str, PRIVATE_NETWORKS))}",
            )
        yield from inside_faults("private_access_cidrs", self.private_access_cidrs)
        yield from self._public_access_faults()
        yield from self._node_pool_faults()
        yield from grants_faults("access", self.access)
        yield from addon_faults("addons", self.addons)
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

    def _node_pool_faults(self) -> Iterator[Fault]:
        sizes = {key: pool.size for key, pool in self.node_pools.items()}
        if not sizes:
            yield Fault("node_pools", {}, "give at least one")
        elif not any(sizes.values()):
            yield Fault(
                "node_pools",
                sizes,
                "let at least one run a node (`min_size` or `desired_size`): coredns needs one",
            )
        for pool in self.node_pools:
            yield from stable_key_faults(f"node_pools.{pool}", pool)


class Cluster(Component):
    """A control plane, access for the granted principals only, add-ons, node groups.

    `provider` is the Kubernetes provider for what runs in the cluster; it is usable once access,
    add-ons and nodes are there. Outputs: `cluster_name`, `arn`, `endpoint`, `kubeconfig` (no
    credentials in it), `security_group_id` (of the nodes), `node_role_arn`.
    """

    subject = "cluster"

    cluster_name: Output[str]
    arn: Output[str]
    endpoint: Output[str]
    kubeconfig: Output[str]
    security_group_id: Output[str]
    node_role_arn: Output[str]
    provider: kubernetes.Provider

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts, tags=args.tags)
        self._args = args
        self._plane = plane = self._create_control_plane()
        access = ClusterAccess(
            self.child_name("access"),
            ClusterAccessArgs(
                account=args.account,
                cluster_name=plane.cluster_name,
                grants=args.access,
                tags=args.tags,
            ),
            opts=self.child(),
        )
        doors = [self._let_in(network) for network in args.private_access_cidrs]
        early, late = self._create_addons_and_nodes()
        self.cluster_name = plane.cluster_name
        self.arn = plane.arn
        self.endpoint = plane.endpoint
        self.security_group_id = plane.security_group_id
        self.kubeconfig = kubeconfig(
            cluster_name=args.name,
            region=args.account.region,
            endpoint=plane.endpoint,
            certificate_authority=plane.certificate_authority,
        )
        self.provider = kubernetes.Provider(
            self.child_name("kubernetes"),
            kubeconfig=self.kubeconfig,
            # Without it, a new endpoint would look like a new cluster and replace all objects.
            cluster_identifier=plane.arn,
            # An update that was cut off has left objects that the state does not know: adopt them.
            upsert_existing_objects=True,
            opts=self.child(depends_on=[*access.ready, *doors, *early, *late]),
        )
        self.register_outputs(self.outputs())

    def _create_control_plane(self) -> ControlPlane:
        args = self._args
        return ControlPlane(
            self.child_name("control-plane"),
            ControlPlaneArgs(
                account=args.account,
                cluster_name=args.name,
                version=args.version,
                subnet_ids=args.control_plane_subnet_ids,
                service_cidr=args.service_cidr,
                public_access_cidrs=args.public_access_cidrs,
                log_key_arn=args.log_key_arn,
                log_retention_days=args.log_retention_days,
                support=args.support,
                deletion_protection=args.deletion_protection,
                tags=args.tags,
            ),
            opts=self.child(),
        )

    def _let_in(self, network: IPv4Network) -> Resource:
        """EKS's own group lets in only those who are in it."""
        name = self.child_name("api-ingress", network_key(network))
        return aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=self._plane.security_group_id,
            cidr_ipv4=str(network),
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            description=f"Kubernetes API from {network}",
            tags=self.tags(name),
            opts=self.child(),
        )

    def _create_addons_and_nodes(self) -> tuple[Sequence[Resource], Sequence[Resource]]:
        """The network plugin, then nodes, then the add-ons whose pods need nodes to run on."""
        plugin = PodIdentity(
            self.child_name("vpc-cni"),
            PodIdentityArgs(
                cluster_name=self._plane.cluster_name,
                namespace="kube-system",
                service_account="aws-node",
                managed_policy_arns={
                    "AmazonEKS_CNI_Policy": self._args.account.managed_policy(
                        "AmazonEKS_CNI_Policy"
                    )
                },
                tags=self._args.tags,
            ),
            opts=self.child(),
        )
        early = self._create_addons("node-addons", early=True, after=plugin.ready)
        nodes = self._create_nodes(after=early)
        return [*early, *nodes], self._create_addons("addons", early=False, after=nodes)

    def _create_addons(
        self, what: str, *, early: bool, after: Sequence[Resource]
    ) -> Sequence[Resource]:
        versions = {
            addon: version
            for addon, version in self._args.addons.items()
            if (addon in BEFORE_NODES) is early
        }
        addons = ClusterAddons(
            self.child_name(what),
            ClusterAddonsArgs(
                cluster_name=self._plane.cluster_name,
                versions=versions,
                tags=self._args.tags,
            ),
            opts=self.child(depends_on=after),
        )
        return addons.ready

    def _create_nodes(self, after: Sequence[Resource]) -> Sequence[Resource]:
        name = self.child_name("node-role")
        role = aws.iam.Role(
            name,
            assume_role_policy=trust("ec2.amazonaws.com"),
            tags=self.tags(name),
            opts=self.child(),
        )
        policies = [
            aws.iam.RolePolicyAttachment(
                self.child_name("node-role-policy", policy),
                role=role.name,
                policy_arn=self._args.account.managed_policy(policy),
                opts=self.child(),
            )
            for policy in NODE_POLICIES
        ]
        self.node_role_arn = role.arn
        return [
            NodeGroup(
                self.child_name("nodes", key),
                NodeGroupArgs(
                    cluster_name=self._plane.cluster_name,
                    version=self._plane.version,
                    role_arn=role.arn,
                    subnet_ids=self._args.node_subnet_ids,
                    pool=pool,
                    tags=self._args.tags,
                ),
                opts=self.child(depends_on=[*policies, *after, *self._args.wait_for]),
            ).ready
            for key, pool in self._args.node_pools.items()
        ]
