"""The EKS cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Annotated

import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, Resource, ResourceOptions

from components.arguments import (
    Args,
    Fault,
    Setting,
    below,
    inside_faults,
    network_key,
    overlap_faults,
)
from components.cluster.access import (
    AccessGrant,
    AccessPolicy,
    ClusterAccess,
    ClusterAccessArgs,
    grants_faults,
    grants_partition_faults,
)
from components.cluster.addons import (
    BEFORE_NODES,
    REQUIRED_ADDONS,
    ClusterAddons,
    ClusterAddonsArgs,
    addon_faults,
)
from components.cluster.control_plane import ControlPlane, ControlPlaneArgs, ControlPlaneSettings
from components.cluster.kubeconfig import kubeconfig
from components.cluster.nodes import NodeGroup, NodeGroupArgs, NodePool, node_role, pool_faults
from components.cluster.pod_identity import PodIdentity, PodIdentityArgs
from components.cluster.zones import cluster_zone_faults
from components.component import Component
from components.encryption import log_key
from components.network import Network, Vpc, subnet_faults

HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class ClusterSettings(ControlPlaneSettings):
    """Kubernetes on EKS."""

    private_access_cidrs: Annotated[
        Sequence[IPv4Network],
        Setting(
            "Parts of the VPC that may reach the API, beside the nodes, such as the network of a"
            " machine there that deploys; networks outside get no answer: the control plane's"
            " subnets have no route to them yet"
        ),
    ] = ()
    access: Annotated[
        Mapping[str, AccessGrant],
        Setting(
            "Who may use the Kubernetes API, by a name of yours. Do not rename a grant, nor swap"
            " the principals of two: EKS refuses a second entry of one principal. For another"
            " principal, add a grant, deploy, then take the old one away: whoever deploys must not"
            " lose access midway",
            example={
                "platform": {
                    "principal_arn": "arn:aws:iam::123456789012:role/platform",
                    "policy": "AmazonEKSClusterAdminPolicy",
                }
            },
            required=True,
        ),
    ] = field(default_factory=lambda: {"deployer": AccessGrant(policy=AccessPolicy.CLUSTER_ADMIN)})
    node_pools: Annotated[
        Mapping[str, NodePool],
        Setting(
            "Groups of nodes, by a name of yours; at least one must run a node. The nodes of one"
            " that is renamed or taken out are drained and deleted. Nodes keep the"
            " release of the image that they were made with, and its faults, until `version`"
            " changes or `aws eks update-nodegroup-version` replaces them",
            example={"general": {"instance_types": ["m7i.large"], "min_size": 2, "max_size": 4}},
            required=True,
        ),
    ] = field(
        default_factory=lambda: {
            "general": NodePool(instance_types=["m7i.large"], min_size=2, max_size=4)
        }
    )
    addons: Annotated[
        Mapping[str, str] | None,
        Setting(
            "Exact versions of the EKS add-ons, by the add-on's name; that of kube-proxy follows"
            " `version`. Those that need an IAM role of their own, such as the drivers of volumes,"
            " cannot be installed here yet",
            example={
                "vpc-cni": "v1.22.4-eksbuild.3",
                "kube-proxy": "v1.36.0-eksbuild.21",
                "coredns": "v1.14.3-eksbuild.16",
                "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
            },
            required=True,
        ),
    ] = None

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        yield from inside_faults("private_access_cidrs", self.private_access_cidrs)
        yield from overlap_faults("private_access_cidrs", self.private_access_cidrs)
        yield from pool_faults("node_pools", self.node_pools)
        yield from grants_faults("access", self.access)
        if self.addons is not None:
            yield from addon_faults("addons", self.addons, self.version)


@dataclass(frozen=True, kw_only=True)
class ClusterArgs(ClusterSettings, Args):
    """ClusterSettings, none of which must be given, and the `network` that the cluster stands in.
    `private_access_cidrs` outside it need routes back in its intra subnets.

    Defaults: `name` is the component's; Kubernetes and add-ons are of the versions that EKS chooses
    when it makes them, and keep them until others are written down; whoever deploys administers
    it: write down `access` before somebody else does. `log_key_arn`: the KMS key of the control
    plane's log group; default, one of the cluster's own.
    """

    network: Network
    log_key_arn: Input[str] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if isinstance(self.network, Vpc) and self.service_cidr.overlaps(self.network.cidr):
            yield Fault(
                "service_cidr",
                str(self.service_cidr),
                f"it overlaps the network's addresses {self.network.cidr}",
            )
        yield from subnet_faults(self.network, intra_subnet_ids=2, private_subnet_ids=1)
        if isinstance(self.network, Vpc):
            yield from cluster_zone_faults(
                "network.availability_zones", self.network.availability_zones
            )
        yield from below(
            "access", grants_partition_faults(self.access, self.network.account.region)
        )


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
        self._account = args.network.account
        cluster_name = args.name or name
        subnet_ids = Output.from_input(args.network.intra_subnet_ids)
        self._api_group = self._create_api_group(cluster_name)
        self._plane = plane = ControlPlane(
            self.child_name("control-plane"),
            ControlPlaneArgs.of(
                args,
                name=cluster_name,
                account=self._account,
                # It stays in the zones that it was made in: a later third one is for nodes only.
                subnet_ids=subnet_ids.apply(lambda ids: ids[:2]),
                security_group_ids=[self._api_group.id],
                log_key_arn=log_key(self, args.log_key_arn, self._account, args.tags),
            ),
            opts=self.child(),
        )
        access = ClusterAccess(
            self.child_name("access"),
            ClusterAccessArgs(
                account=self._account,
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
            cluster_name=cluster_name,
            region=self._account.region,
            identity=self._account.identity,
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

    def _create_api_group(self, cluster_name: str) -> aws.ec2.SecurityGroup:
        """A group of the control plane's addresses alone.

        EKS's own group is that of the nodes, too: who is let in there reaches every pod's port.
        """
        name = self.child_name("api")
        return aws.ec2.SecurityGroup(
            name,
            vpc_id=self._args.network.vpc_id,
            description=f"Kubernetes API of {cluster_name}",
            tags=self.tags(name),
            opts=self.child(),
        )

    def _let_in(self, network: IPv4Network) -> Resource:
        name = self.child_name("api-ingress", network_key(network))
        return aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=self._api_group.id,
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
                    "AmazonEKS_CNI_Policy": self._account.managed_policy("AmazonEKS_CNI_Policy")
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
        wanted = self._args.addons
        versions = {
            addon: None if wanted is None else wanted[addon]
            for addon in (REQUIRED_ADDONS if wanted is None else wanted)
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
        role, policies = node_role(self, self._account)
        self.node_role_arn = role.arn
        return [
            NodeGroup(
                self.child_name("nodes", key),
                NodeGroupArgs(
                    cluster_name=self._plane.cluster_name,
                    version=self._plane.version,
                    role_arn=role.arn,
                    subnet_ids=self._args.network.private_subnet_ids,
                    pool=pool,
                    tags=self._args.tags,
                ),
                opts=self.child(depends_on=[*policies, *after, *self._args.network.ready]),
            ).ready
            for key, pool in self._args.node_pools.items()
        ]
