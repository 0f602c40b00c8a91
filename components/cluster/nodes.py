"""The machines that run the pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import pulumi_aws as aws
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.account import AwsAccount
from components.arguments import Args, Fault, Setting, stable_key_faults
from components.cluster.instance_types import Architecture, instance_type_faults
from components.cluster.node_labels import node_label_faults
from components.component import Component
from components.partition import service_principal
from components.policy_document import trust

# An update replaces one node after the other, and each waits for its pods to move.
TIMEOUTS = CustomTimeouts(create="1h", update="6h", delete="2h")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
AMI_TYPES = {
    Architecture.X86_64: "AL2023_x86_64_STANDARD",
    Architecture.ARM64: "AL2023_ARM_64_STANDARD",
}
# Of a volume of the kind gp3.
MOST_DISK_GIB = 65_536

# By `spot`.
CAPACITY_TYPES = {True: "SPOT", False: "ON_DEMAND"}


@dataclass(frozen=True, kw_only=True)
class NodePool(Args):
    """Machines of one kind."""

    instance_types: Annotated[Sequence[str], Setting("The machines are of any of these types")]
    min_size: Annotated[int, Setting("Fewest machines")]
    max_size: Annotated[int, Setting("Most machines; nothing here goes up to them by itself yet")]
    desired_size: Annotated[
        int | None,
        Setting(
            "Machines now; without, `min_size`. Every deployment sets this number again, whatever"
            " an autoscaler or a hand has made of it"
        ),
    ] = None
    architecture: Annotated[
        Architecture, Setting("Of the processors; all `instance_types` must have it")
    ] = Architecture.X86_64
    spot: Annotated[
        bool, Setting("Machines that cost less and are taken away at two minutes' notice")
    ] = False
    disk_gib: Annotated[int, Setting("Size of each machine's disk", unit="GiB")] = 50
    labels: Annotated[Mapping[str, str], Setting("Kubernetes labels of the nodes")] = field(
        default_factory=dict
    )

    def faults(self) -> Iterator[Fault]:
        if not self.instance_types:
            yield Fault("instance_types", [], "name at least one, such as 'm7i.large'")
        yield from instance_type_faults("instance_types", self.instance_types, self.architecture)
        yield from node_label_faults("labels", self.labels)
        yield from self._size_faults()
        if self.disk_gib < 20:
            yield Fault("disk_gib", self.disk_gib, "a node's image needs at least 20 GiB")
        if self.disk_gib > MOST_DISK_GIB:
            yield Fault("disk_gib", self.disk_gib, f"a volume has at most {MOST_DISK_GIB:,} GiB")

    def _size_faults(self) -> Iterator[Fault]:
        if self.min_size < 0:
            yield Fault("min_size", self.min_size, "give 0 or more")
        if self.max_size < 1:
            yield Fault("max_size", self.max_size, "give at least 1")
        if self.min_size > self.max_size:
            yield Fault(
                "max_size",
                self.max_size,
                f"min_size ({self.min_size}) and max_size must ascend",
            )
        elif not self.min_size <= self.size <= self.max_size:
            yield Fault(
                "desired_size",
                self.desired_size,
                f"min_size ({self.min_size}), desired_size and max_size ({self.max_size}) must"
                " ascend",
            )

    @property
    def size(self) -> int:
        """The number of nodes to run now."""
        return self.min_size if self.desired_size is None else self.desired_size


def pool_faults(field_name: str, pools: Mapping[str, NodePool]) -> Iterator[Fault]:
    """Faults: no pool, none that runs a node, a name unfit."""
    sizes = {key: pool.size for key, pool in pools.items()}
    if not sizes:
        yield Fault(field_name, {}, "give at least one")
    elif not any(sizes.values()):
        yield Fault(
            field_name,
            sizes,
            "let at least one run a node (`min_size` or `desired_size`): coredns needs one",
        )
    for key in pools:
        yield from stable_key_faults(f"{field_name}.{key}", key)


def node_role(
    component: Component, account: AwsAccount
) -> tuple[aws.iam.Role, list[aws.iam.RolePolicyAttachment]]:
    """The role of a cluster's machines, a child of `component`, and what they may do."""
    name = component.child_name("node-role")
    role = aws.iam.Role(
        name,
        assume_role_policy=trust(service_principal("ec2", account.region)),
        tags=component.tags(name),
        opts=component.child(),
    )
    policies = [
        aws.iam.RolePolicyAttachment(
            component.child_name("node-role-policy", policy),
            role=role.name,
            policy_arn=account.managed_policy(policy),
            opts=component.child(),
        )
        for policy in NODE_POLICIES
    ]
    return role, policies


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs(Args):
    """`subnet_ids`: private subnets. `version`: the Kubernetes version, for example `1.35`."""

    cluster_name: Input[str]
    version: Input[str]
    role_arn: Input[str]
    subnet_ids: Input[Sequence[Input[str]]]
    pool: NodePool
    tags: Mapping[str, str] = field(default_factory=dict)


class NodeGroup(Component):
    """A managed node group on Amazon Linux 2023 with a launch template of its own.

    Instance metadata answers version 2 only and not to pods; disks are encrypted; broken nodes
    are replaced. Outputs: `node_group_name`, `launch_template_id`. `ready`: the group itself.
    """

    subject = "cluster"

    node_group_name: Output[str]
    launch_template_id: Output[str]
    ready: aws.eks.NodeGroup

    def __init__(self, name: str, args: NodeGroupArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts, tags=args.tags)
        template = self._create_template(args)
        group_name = self.child_name("group")
        self.ready = aws.eks.NodeGroup(
            group_name,
            cluster_name=args.cluster_name,
            version=args.version,
            node_role_arn=args.role_arn,
            subnet_ids=args.subnet_ids,
            ami_type=AMI_TYPES[args.pool.architecture],
            capacity_type=CAPACITY_TYPES[args.pool.spot],
            instance_types=list(args.pool.instance_types),
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=args.pool.min_size,
                desired_size=args.pool.size,
                max_size=args.pool.max_size,
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
            node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            labels=dict(args.pool.labels),
            tags=self.tags(group_name),
            opts=ResourceOptions.merge(self.child(), ResourceOptions(custom_timeouts=TIMEOUTS)),
        )
        self.node_group_name = self.ready.node_group_name
        self.launch_template_id = template.id
        self.register_outputs(self.outputs())

    def _create_template(self, args: NodeGroupArgs) -> aws.ec2.LaunchTemplate:
        name = self.child_name("template")
        return aws.ec2.LaunchTemplate(
            name,
            update_default_version=True,
            # One hop ends at the node: a pod that asks for the node's credentials gets no answer.
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_size=args.pool.disk_gib,
                        volume_type="gp3",
                        encrypted="true",
                        delete_on_termination="true",
                    ),
                )
            ],
            # Not the tags of everything: a changed one would replace all machines.
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(
                    resource_type=kind, tags={"Name": self.child_name("node")}
                )
                for kind in ("instance", "volume")
            ],
            tags=self.tags(name),
            opts=self.child(),
        )
