"""The External Secrets Operator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions

from components.account import AwsAccount
from components.arguments import Args, Fault, Setting, Settings, kubernetes_name_faults
from components.chart import Chart, oldest_chart_faults, release
from components.cluster import Namespace, NamespaceArgs, PodIdentity, PodIdentityArgs
from components.component import Component
from components.policy_document import read_secrets_policy
from components.secrets.external_secret import owned_faults

SERVICE_ACCOUNT = "external-secrets"
OLDEST_CHART = (0, 16, 0)
MOST_POLICY_CHARACTERS = 10_240
# What a secret's name begins with, as Secrets Manager takes it.
PREFIX = re.compile(r"[\w/+=.@-]{1,512}", re.ASCII)
RDS_SECRETS = "rds!"


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsOperatorSettings(Settings):
    """The External Secrets Operator."""

    chart: Annotated[
        Chart,
        Setting(
            "Helm repository and exact version of the chart `external-secrets`, 0.16.0 or later",
            example={"repository": "https://charts.external-secrets.io", "version": "2.9.0"},
        ),
    ]
    namespace: Annotated[
        str,
        Setting(
            "Where the operator runs; cannot be changed once the chart is installed: Helm refuses"
            " CRDs that belong to the release in the other namespace"
        ),
    ] = "external-secrets"
    replicas: Annotated[int, Setting("Pods of the operator; one of them is active")] = 1
    secret_prefixes: Annotated[
        Sequence[str],
        Setting(
            "The operator may read secrets whose names begin so, for all of `namespaces` alike;"
            " it can decrypt those of `application_secrets` and those under `aws/secretsmanager`",
            example=["prod/app/"],
        ),
    ]

    def faults(self) -> Iterator[Fault]:
        yield from oldest_chart_faults(
            "chart",
            self.chart,
            oldest=OLDEST_CHART,
            reason="older ones do not know external-secrets.io/v1, in which stores are written",
        )
        yield from kubernetes_name_faults("namespace", self.namespace)
        if not self.secret_prefixes:
            yield Fault("secret_prefixes", [], "name at least one, such as 'prod/app/'")
        for position, prefix in enumerate(self.secret_prefixes):
            yield from _prefix_faults(f"secret_prefixes[{position}]", prefix)
            yield from self._covered_faults(position)
        # Each with the ARN before it; the rest of the policy takes less than a thousand.
        if sum(len(prefix) + 80 for prefix in self.secret_prefixes) > MOST_POLICY_CHARACTERS - 1000:
            yield Fault(
                "secret_prefixes",
                len(self.secret_prefixes),
                f"IAM takes {MOST_POLICY_CHARACTERS} characters of a role's policies; name fewer"
                " and shorter ones",
            )
        if self.replicas < 1:
            yield Fault("replicas", self.replicas, "give at least 1")

    def _covered_faults(self, position: int) -> Iterator[Fault]:
        """A fault if another prefix covers this one: to take this one away would change nothing."""
        prefix, field_name = self.secret_prefixes[position], f"secret_prefixes[{position}]"
        for place, other in enumerate(self.secret_prefixes):
            if other == prefix and place < position:
                yield Fault(field_name, prefix, f"secret_prefixes[{place}] names the same already")
                return
            if other and other != prefix and prefix.startswith(other):
                yield Fault(
                    field_name,
                    prefix,
                    f"secret_prefixes[{place}] ({other!r}) covers it already; keep one of the two",
                )
                return


def _prefix_faults(path: str, prefix: str) -> Iterator[Fault]:
    """What is wrong with one prefix alone."""
    if not prefix or "*" in prefix or "?" in prefix:
        yield Fault(path, prefix, "write the beginning of the secrets' names, without wildcards")
    elif "!" in prefix:
        yield from owned_faults(path, prefix)
    elif not PREFIX.fullmatch(prefix):
        yield Fault(
            path,
            prefix,
            "a secret's name has letters, digits and / _ + = . @ - only; give no ARN and no"
            " variable",
        )
    elif RDS_SECRETS.startswith(prefix):
        yield Fault(
            path,
            prefix,
            f"it covers {RDS_SECRETS}…, the master passwords that RDS keeps; end it with a /, such"
            f" as '{prefix}/'",
        )


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsOperatorArgs(ExternalSecretsOperatorSettings, Args):
    """`key_arn`: the key that decrypts the secrets."""

    account: AwsAccount
    cluster_name: Input[str]
    key_arn: Input[str]
    tags: Mapping[str, str] = field(default_factory=dict)


class ExternalSecretsOperator(Component):
    """Namespace, Pod Identity role and Helm release of the operator, with its CRDs.

    The CRDs outlive the release. Outputs: `namespace`, `role_arn`. `ready`: the release.
    """

    subject = "secrets"

    namespace: Output[str]
    role_arn: Output[str]
    ready: kubernetes.helm.v3.Release

    def __init__(
        self, name: str, args: ExternalSecretsOperatorArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        namespace = Namespace(
            self.child_name(args.namespace), NamespaceArgs(name=args.namespace), opts=self.child()
        )
        identity = PodIdentity(
            self.child_name("identity"),
            PodIdentityArgs(
                cluster_name=args.cluster_name,
                namespace=args.namespace,
                service_account=SERVICE_ACCOUNT,
                policy=read_policy(args),
                tags=args.tags,
            ),
            opts=self.child(),
        )
        self.ready = release(
            self.child_name("release"),
            args.chart,
            chart_name="external-secrets",
            namespace=namespace.namespace,
            values={
                "installCRDs": True,
                # With the definitions, every ExternalSecret and the Secrets they own would go.
                "crds": {"annotations": {"helm.sh/resource-policy": "keep"}},
                "replicaCount": args.replicas,
                "leaderElect": args.replicas > 1,
                "serviceAccount": {"create": True, "name": SERVICE_ACCOUNT},
            },
            opts=self.child(depends_on=identity.ready),
        )
        self.namespace = namespace.namespace
        self.role_arn = identity.role_arn
        self.register_outputs(self.outputs())


def read_policy(args: ExternalSecretsOperatorArgs) -> Output[str]:
    """An IAM policy to read the secrets with the given prefixes, and no others."""
    return read_secrets_policy(
        args.account,
        secret_arns=[
            args.account.regional_arn("secretsmanager", f"secret:{prefix}*")
            for prefix in args.secret_prefixes
        ],
        key_arn=args.key_arn,
    )
