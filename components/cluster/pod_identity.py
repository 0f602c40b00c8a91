"""An IAM role for one Kubernetes service account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.arguments import Args, Fault, kubernetes_name_faults
from components.component import Component
from components.partition import service_principal
from components.policy_document import trust


@dataclass(frozen=True, kw_only=True)
class PodIdentityArgs(Args):
    """`policy`: what the role may do, as an IAM policy document in JSON.

    `managed_policy_arns`: policies to attach beside it. One of the two must be given.
    """

    cluster_name: Input[str]
    namespace: str
    service_account: str
    policy: Input[str] | None = None
    managed_policy_arns: Mapping[str, Input[str]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("namespace", self.namespace)
        yield from kubernetes_name_faults("service_account", self.service_account)
        if self.policy is None and not self.managed_policy_arns:
            yield Fault("policy", None, "say what the role may do")


class PodIdentity(Component):
    """A role that only pods of one service account can assume, through EKS Pod Identity.

    No key and no token is stored anywhere. Output: `role_arn`. `ready` holds what pods have to
    wait for.
    """

    subject = "cluster"

    role_arn: Output[str]
    ready: list[aws.eks.PodIdentityAssociation]

    def __init__(
        self, name: str, args: PodIdentityArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        role_name, association_name = self.child_name("role"), self.child_name("association")
        role = aws.iam.Role(
            role_name,
            assume_role_policy=trust(
                service_principal("pods.eks"),
                actions=("sts:AssumeRole", "sts:TagSession"),
                condition={
                    "StringEquals": {
                        "aws:RequestTag/kubernetes-namespace": args.namespace,
                        "aws:RequestTag/kubernetes-service-account": args.service_account,
                    }
                },
            ),
            tags=self.tags(role_name),
            opts=self.child(),
        )
        policies: list[aws.iam.RolePolicy | aws.iam.RolePolicyAttachment] = []
        if args.policy is not None:
            policies.append(
                aws.iam.RolePolicy(
                    self.child_name("policy"),
                    role=role.name,
                    policy=args.policy,
                    opts=self.child(),
                )
            )
        for key, policy_arn in args.managed_policy_arns.items():
            policies.append(
                aws.iam.RolePolicyAttachment(
                    self.child_name("policy", key),
                    role=role.name,
                    policy_arn=policy_arn,
                    opts=self.child(),
                )
            )
        association = aws.eks.PodIdentityAssociation(
            association_name,
            cluster_name=args.cluster_name,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.arn,
            tags=self.tags(association_name),
            opts=self.child(depends_on=policies),
        )
        self.ready = [association]
        self.role_arn = role.arn
        self.register_outputs(self.outputs())
