"""The application's secrets in AWS Secrets Manager, without their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from components.account import AwsAccount
from components.arguments import Args, Fault, Setting, Settings
from components.component import Component
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.leftovers import left_secret

MOST_DESCRIPTION = 2048
SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")


@dataclass(frozen=True, kw_only=True)
class ApplicationSecretsSettings(Settings):
    """Secrets of the application in AWS Secrets Manager."""

    secrets: Annotated[
        Mapping[str, str],
        Setting(
            "Secrets to make in Secrets Manager, name and purpose; their values are put in by hand",
            verbatim=True,
        ),
    ] = field(default_factory=dict)
    recovery_days: Annotated[
        int,
        Setting(
            "How long a secret that was taken out of the stack can be restored: 7 to 30 days, or 0;"
            " a destroy of the stack leaves secrets as they are",
            unit="days",
        ),
    ] = 30

    def faults(self) -> Iterator[Fault]:
        named: dict[str, str] = {}
        for name, purpose in self.secrets.items():
            if not SECRET_NAME.fullmatch(name):
                yield Fault("secrets", name, "a secret's name has letters, digits and /_+=.@- only")
            if len(purpose) > MOST_DESCRIPTION:
                yield Fault(
                    f"secrets.{name}",
                    len(purpose),
                    f"AWS takes at most {MOST_DESCRIPTION:,} characters",
                )
            other = named.setdefault(resource_key(name), name)
            if other != name:
                yield Fault("secrets", name, f"its resource would have the name of {other!r}'s")
        if self.recovery_days != 0 and not 7 <= self.recovery_days <= 30:
            yield Fault(
                "recovery_days", self.recovery_days, "give 7 to 30 days, or 0 to delete at once"
            )


@dataclass(frozen=True, kw_only=True)
class ApplicationSecretsArgs(ApplicationSecretsSettings, Args):
    """ApplicationSecretsSettings, in an `account`."""

    account: AwsAccount
    tags: Mapping[str, str] = field(default_factory=dict)


def resource_key(secret: str) -> str:
    """What stands for a secret in its resource's name."""
    return secret.replace("/", "-")


class ApplicationSecrets(Component):
    """A key, and an empty secret for each name: `aws secretsmanager put-secret-value` fills it.

    A destroy leaves both, and the next stack takes over secrets with the same tags.

    Outputs: `key_arn`, `secret_arns` by name.
    """

    subject = "secrets"

    key_arn: Output[str]
    secret_arns: Output[dict[str, str]]

    def __init__(
        self, name: str, args: ApplicationSecretsArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        key = EncryptionKey(
            self.child_name("encryption"),
            EncryptionKeyArgs(
                account=args.account,
                description="The application's secrets",
                outlives_stack=True,
                tags=args.tags,
            ),
            opts=self.child(),
        )
        arns: dict[str, Output[str]] = {}
        for secret, description in args.secrets.items():
            secret_name = self.child_name("secret", resource_key(secret))
            tags = self.tags(secret_name)
            arns[secret] = aws.secretsmanager.Secret(
                secret_name,
                name=secret,
                description=description,
                kms_key_id=key.arn,
                recovery_window_in_days=args.recovery_days,
                tags=tags,
                opts=self.child(retain_on_delete=True, import_=left_secret(self, secret, tags)),
            ).arn
        self.key_arn = key.arn
        self.secret_arns = Output.all(**arns)
        self.register_outputs(self.outputs())
