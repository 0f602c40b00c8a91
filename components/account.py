"""The AWS account and region that components stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pulumi import Input, Output

from components.arguments import Args, Fault
from components.identity import stack_identity
from components.partition import Partition, find_partition, partition_of
from migrator.project.aws_identity import AwsIdentity

ID = re.compile(r"\d{12}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class AwsAccount(Args):
    """`id`: the twelve-digit account number, or the output of a lookup. `region`: `eu-west-1`.

    `identity`: whose token the cluster's kubeconfig asks for; default: the identity that the
    stack's configuration gives the default AWS provider (`aws:profile`, `aws:assumeRoles` …). A
    program with a provider of its own gives that one's.
    """

    id: Input[str]
    region: str
    identity: AwsIdentity = field(default_factory=stack_identity)

    def faults(self) -> Iterator[Fault]:
        if isinstance(self.id, str) and not ID.fullmatch(self.id):
            yield Fault("id", self.id, "give the twelve digits of an account's number, as text")
        if find_partition(self.region) is None:
            yield Fault("region", self.region, "name a region of AWS, such as 'eu-west-1'")

    @property
    def partition(self) -> Partition:
        """The partition of the region."""
        return partition_of(self.region)

    @property
    def root_arn(self) -> Output[str]:
        """The principal that stands for the account itself in a policy."""
        return Output.concat(f"arn:{self.partition.id}:iam::", self.id, ":root")

    def regional_arn(self, service: str, resource: str) -> Output[str]:
        """ARN of something in this account and region, such as `log-group:*` of `logs`."""
        return Output.concat(
            f"arn:{self.partition.id}:{service}:{self.region}:", self.id, f":{resource}"
        )

    def aws_owned_arn(self, service: str, resource: str) -> str:
        """ARN of something that AWS keeps for all accounts, such as `policy/ReadOnlyAccess`."""
        return f"arn:{self.partition.id}:{service}::aws:{resource}"

    def managed_policy(self, name: str) -> str:
        """ARN of an IAM policy that AWS maintains; `name` may carry its path."""
        return self.aws_owned_arn("iam", f"policy/{name}")
