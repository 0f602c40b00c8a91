"""A record of the connections in a VPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.arguments import Args, Fault, log_retention_faults
from components.component import Component
from components.partition import service_principal
from components.policy_document import output_document, trust


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs(Args):
    """`retention_days`: one of the periods that CloudWatch Logs takes, default 90."""

    vpc_id: Input[str]
    log_key_arn: Input[str]
    retention_days: int = 90
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        return log_retention_faults("retention_days", self.retention_days)


class FlowLogs(Component):
    """A VPC flow log of all traffic, its encrypted log group, and a role for this log group only.

    Output: `log_group_name`.
    """

    subject = "network"

    log_group_name: Output[str]

    def __init__(self, name: str, args: FlowLogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts, tags=args.tags)
        group_name, role_name = self.child_name("group"), self.child_name("role")
        group = aws.cloudwatch.LogGroup(
            group_name,
            retention_in_days=args.retention_days,
            kms_key_id=args.log_key_arn,
            tags=self.tags(group_name),
            opts=self.child(retain_on_delete=True),
        )
        role = aws.iam.Role(
            role_name,
            assume_role_policy=trust(service_principal("vpc-flow-logs")),
            tags=self.tags(role_name),
            opts=self.child(),
        )
        policy = aws.iam.RolePolicy(
            self.child_name("policy"),
            role=role.name,
            policy=output_document(
                {
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                        "logs:DescribeLogStreams",
                    ],
                    "Resource": [group.arn, Output.concat(group.arn, ":*")],
                }
            ),
            opts=self.child(),
        )
        log_name = self.child_name("log")
        aws.ec2.FlowLog(
            log_name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=self.tags(log_name),
            opts=self.child(depends_on=[policy]),
        )
        self.log_group_name = group.name
        self.register_outputs(self.outputs())
