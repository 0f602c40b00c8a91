"""A namespace and a service account with an IAM role of its own, for one workload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions

from components.arguments import Args, Fault, kubernetes_name_faults
from components.cluster.namespace import Namespace, NamespaceArgs
from components.cluster.pod_identity import PodIdentity, PodIdentityArgs
from components.component import Component


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityArgs(Args):
    """`policy`: what the account's role may do, as an IAM policy document in JSON."""

    cluster_name: Input[str]
    namespace: str
    service_account: str
    policy: Input[str]
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("namespace", self.namespace)
        yield from kubernetes_name_faults("service_account", self.service_account)


class WorkloadIdentity(Component):
    """A namespace for restricted pods, a service account that they run as, its Pod Identity role.

    The account is made after the role's association: a pod that starts earlier would have no
    permissions until it is restarted. Outputs: `namespace`, `service_account`, `role_arn`.
    """

    subject = "cluster"

    namespace: Output[str]
    service_account: Output[str]
    role_arn: Output[str]

    def __init__(
        self, name: str, args: WorkloadIdentityArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        namespace = Namespace(
            self.child_name(args.namespace),
            NamespaceArgs(name=args.namespace, pod_security="restricted"),
            opts=self.child(),
        )
        identity = PodIdentity(
            self.child_name("identity"),
            PodIdentityArgs(
                cluster_name=args.cluster_name,
                namespace=args.namespace,
                service_account=args.service_account,
                policy=args.policy,
                tags=args.tags,
            ),
            opts=self.child(),
        )
        account = kubernetes.core.v1.ServiceAccount(
            self.child_name("account"),
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=args.service_account, namespace=namespace.namespace
            ),
            # The role comes from EKS: no pod of this account needs a token for the Kubernetes API.
            automount_service_account_token=False,
            opts=self.child(depends_on=identity.ready),
        )
        self.namespace = namespace.namespace
        self.service_account = account.metadata.name
        self.role_arn = identity.role_arn
        self.register_outputs(self.outputs())
