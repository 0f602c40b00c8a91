"""The External Secrets Operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions

from components.arguments import Args, Fault, kubernetes_name_faults
from components.chart import Chart, release
from components.cluster import Namespace, NamespaceArgs, PodIdentity, PodIdentityArgs
from components.component import AwsAccount, Component
from components.policy_document import read_secrets_policy

SERVICE_ACCOUNT = "external-secrets"


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsOperatorArgs(Args):
    """`secret_prefixes`: the operator may read the secrets whose names begin so, and no others.

    `key_arn`: the key that decrypts them. `replicas` above one keep a spare that takes over.
    """

    account: AwsAccount
    cluster_name: Input[str]
    chart: Chart
    secret_prefixes: Sequence[str]
    key_arn: Input[str]
    namespace: str = "external-secrets"
    replicas: int = 1
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("namespace", self.namespace)
        if not self.secret_prefixes:
            yield Fault("secret_prefixes", [], "name at least one, such as 'prod/app/'")
        for position, prefix in enumerate(self.secret_prefixes):
            if not prefix or "*" in prefix or "?" in prefix:
                yield Fault(
                    f"secret_prefixes[{position}]",
                    prefix,
                    "write the beginning of the secrets' names, without wildcards",
                )
        if self.replicas < 1:
            yield Fault("replicas", self.replicas, "give at least 1")


class ExternalSecretsOperator(Component):
    """Namespace, Pod Identity role and Helm release of the operator, with its CRDs.

    Outputs: `namespace`, `role_arn`. `ready`: the release, which brings the CRDs.
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
