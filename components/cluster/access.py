"""Who may use the Kubernetes API, by IAM principal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated

import pulumi_aws as aws
from pulumi import Input, InvokeOutputOptions, Output, ResourceOptions

from components.account import AwsAccount
from components.arguments import (
    Args,
    Fault,
    Setting,
    kubernetes_name_faults,
    repeated_faults,
    stable_key_faults,
)
from components.component import Component
from components.partition import arn_faults

PRINCIPAL = re.compile(
    r"arn:aws[a-z-]*:iam::\d{12}:(user|role)/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII
)


class AccessPolicy(StrEnum):
    """The access policies of EKS, from everything in the cluster to reading."""

    CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
    ADMIN = "AmazonEKSAdminPolicy"
    ADMIN_VIEW = "AmazonEKSAdminViewPolicy"
    EDIT = "AmazonEKSEditPolicy"
    VIEW = "AmazonEKSViewPolicy"


@dataclass(frozen=True, kw_only=True)
class AccessGrant(Args):
    """What somebody may do in the cluster."""

    # None: whoever deploys it.

    principal_arn: Annotated[str | None, Setting("An IAM user or role", required=True)] = None
    policy: Annotated[AccessPolicy, Setting("What it may do")]
    namespaces: Annotated[
        Sequence[str],
        Setting(
            "Where; in the whole cluster if empty. In a namespace's name, `*` stands for anything"
        ),
    ] = ()

    def faults(self) -> Iterator[Fault]:
        if self.principal_arn is not None and not PRINCIPAL.fullmatch(self.principal_arn):
            yield Fault(
                "principal_arn",
                self.principal_arn,
                "give the ARN of an IAM user or role, such as"
                " arn:aws:iam::123456789012:role/platform",
            )
        for position, namespace in enumerate(self.namespaces):
            sample = namespace.replace("*", "x")
            for fault in kubernetes_name_faults(f"namespaces[{position}]", sample):
                yield replace(fault, value=namespace)
        yield from repeated_faults("namespaces", self.namespaces)
        if self.policy is AccessPolicy.CLUSTER_ADMIN and self.namespaces:
            yield Fault(
                "namespaces",
                list(self.namespaces),
                f"{self.policy} covers the whole cluster; use {AccessPolicy.ADMIN} for namespaces",
            )


def grants_faults(field_name: str, grants: Mapping[str, AccessGrant]) -> Iterator[Fault]:
    """Faults: nobody could administer the cluster, a principal named twice, a name unfit."""
    if not any(grant.policy is AccessPolicy.CLUSTER_ADMIN for grant in grants.values()):
        yield Fault(
            field_name,
            sorted(grants),
            f"give at least one principal {AccessPolicy.CLUSTER_ADMIN}: whoever deploys the"
            " platform needs it, and the cluster's creator gets nothing by itself",
        )
    named: dict[str | None, str] = {}
    for key, grant in grants.items():
        yield from stable_key_faults(f"{field_name}.{key}", key)
        principal = _principal(grant.principal_arn)
        if principal in named:
            yield Fault(
                f"{field_name}.{key}.principal_arn",
                grant.principal_arn,
                f"'{named[principal]}' names it already; EKS takes one entry for each",
            )
        named.setdefault(principal, key)


def _principal(arn: str | None) -> str | None:
    """What tells principals apart: IAM has a name once in an account, whatever path and case."""
    if arn is None:
        return None
    owner, _, resource = arn.casefold().rpartition(":")
    return f"{owner}:{resource.split('/')[0]}/{resource.rpartition('/')[2]}"


def grants_partition_faults(grants: Mapping[str, AccessGrant], region: str) -> Iterator[Fault]:
    """A fault for each principal that is none in the region's partition."""
    for key, grant in grants.items():
        if grant.principal_arn is not None and PRINCIPAL.fullmatch(grant.principal_arn):
            yield from arn_faults(f"{key}.principal_arn", grant.principal_arn, region)


@dataclass(frozen=True, kw_only=True)
class ClusterAccessArgs(Args):
    """`grants`: by a stable name of yours, which becomes part of the resources' names."""

    account: AwsAccount
    cluster_name: Input[str]
    grants: Mapping[str, AccessGrant]
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        return grants_faults("grants", self.grants)


class ClusterAccess(Component):
    """An access entry and a policy association for each grant. Output: `principal_arns`.

    `ready` holds the associations: what uses the Kubernetes API must wait for them.
    """

    subject = "cluster"

    principal_arns: Output[list[str]]
    ready: list[aws.eks.AccessPolicyAssociation]

    def __init__(
        self, name: str, args: ClusterAccessArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        self.ready = []
        for key, grant in args.grants.items():
            entry_name = self.child_name("entry", key)
            entry = aws.eks.AccessEntry(
                entry_name,
                cluster_name=args.cluster_name,
                principal_arn=grant.principal_arn or self._deployer(),
                type="STANDARD",
                tags=self.tags(entry_name),
                opts=self.child(),
            )
            scope = aws.eks.AccessPolicyAssociationAccessScopeArgs(
                type="namespace" if grant.namespaces else "cluster",
                namespaces=list(grant.namespaces) or None,
            )
            self.ready.append(
                aws.eks.AccessPolicyAssociation(
                    self.child_name("policy", key),
                    cluster_name=args.cluster_name,
                    principal_arn=entry.principal_arn,
                    policy_arn=args.account.aws_owned_arn(
                        "eks", f"cluster-access-policy/{grant.policy}"
                    ),
                    access_scope=scope,
                    # A new scope replaces it, and AWS knows it by principal and policy only: the
                    # old one deleted afterwards would take the new one with it.
                    opts=self.child(delete_before_replace=True),
                )
            )
        self.principal_arns = Output.all(*[one.principal_arn for one in self.ready])
        self.register_outputs(self.outputs())

    def _deployer(self) -> Output[str]:
        """The user or role that runs the program; a session counts as its role."""
        opts = InvokeOutputOptions(parent=self)
        caller = aws.get_caller_identity_output(opts=opts)
        return aws.iam.get_session_context_output(arn=caller.arn, opts=opts).issuer_arn
