"""A customer-managed KMS key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.account import AwsAccount
from components.arguments import Args, Fault
from components.component import Component
from components.partition import service_principal
from components.policy_document import output_document


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs(Args):
    """`description`: what the key protects. `log_groups`: CloudWatch Logs may use the key.

    `deletion_window_days` (7 to 30, default 30) is how long a deleted key can still be restored.
    `outlives_stack`: the key itself stays when the stack is destroyed, for what it has encrypted.
    """

    account: AwsAccount
    description: str
    log_groups: bool = False
    deletion_window_days: int = 30
    outlives_stack: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        if not 7 <= self.deletion_window_days <= 30:
            yield Fault("deletion_window_days", self.deletion_window_days, "KMS takes 7 to 30 days")


class EncryptionKey(Component):
    """A symmetric key that rotates every year, and its alias.

    The account's own IAM policies decide who uses it. Outputs: `arn`, `key_id`, `alias_name`.
    """

    subject = "encryption"

    arn: Output[str]
    key_id: Output[str]
    alias_name: Output[str]

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        key_name = self.child_name("key")
        key = aws.kms.Key(
            key_name,
            description=args.description,
            enable_key_rotation=True,
            deletion_window_in_days=args.deletion_window_days,
            policy=key_policy(args),
            tags=self.tags(key_name),
            opts=self.child(retain_on_delete=args.outlives_stack or None),
        )
        alias = aws.kms.Alias(self.child_name("alias"), target_key_id=key.key_id, opts=self.child())
        self.arn = key.arn
        self.key_id = key.key_id
        self.alias_name = alias.name
        self.register_outputs(self.outputs())


def key_policy(args: EncryptionKeyArgs) -> Output[str]:
    """The key's resource policy: the account, and CloudWatch Logs for this account's log groups."""
    account = args.account
    logs = service_principal(f"logs.{account.region}", account.region)
    statements: list[dict[str, object]] = [
        {
            "Sid": "AccountDecidesByIam",
            "Effect": "Allow",
            "Principal": {"AWS": account.root_arn},
            "Action": "kms:*",
            "Resource": "*",
        }
    ]
    if args.log_groups:
        statements.append(
            {
                "Sid": "LogGroupsOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": logs},
                "Action": [
                    "kms:Encrypt*",
                    "kms:Decrypt*",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ],
                "Resource": "*",
                "Condition": {
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": account.regional_arn(
                            "logs", "log-group:*"
                        )
                    }
                },
            }
        )
    return output_document(*statements)


def log_key(
    component: Component, given: Input[str] | None, account: AwsAccount, tags: Mapping[str, str]
) -> Input[str]:
    """The ARN of the key for a component's logs: `given`, or that of a key of its own, `…-logs`."""
    if given is not None:
        return given
    name = component.child_name("logs")
    args = EncryptionKeyArgs(
        account=account,
        description=f"Logs: {name}",
        log_groups=True,
        outlives_stack=True,
        tags=tags,
    )
    return EncryptionKey(name, args, opts=component.child()).arn
