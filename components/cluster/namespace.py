"""A Kubernetes namespace with its rules for pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pulumi import Output, ResourceOptions

from components.arguments import Args, Fault, kubernetes_name_faults
from components.component import Component
from components.kubernetes_object import KubernetesObject

POD_SECURITY = "pod-security.kubernetes.io/"


def taken_namespace_faults(field: str, name: str) -> Iterator[Fault]:
    """A fault if Kubernetes makes the namespace: it would be adopted, and cannot be deleted."""
    if name == "default" or name.startswith("kube-"):
        yield Fault(field, name, "Kubernetes makes it by itself; name another namespace")


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs(Args):
    """`pod_security`: the pod security standard that is enforced, default `baseline`."""

    name: str
    pod_security: Literal["privileged", "baseline", "restricted"] = "baseline"
    labels: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("name", self.name)
        yield from taken_namespace_faults("name", self.name)
        for key in self.labels:
            if key.startswith(POD_SECURITY):
                yield Fault(f"labels.{key}", key, "set pod_security instead")


class Namespace(Component):
    """A namespace that enforces a pod security standard and warns of what is not `restricted`.

    Output: `namespace`, its name, known when it exists.
    """

    subject = "cluster"

    namespace: Output[str]
    ready: KubernetesObject

    def __init__(self, name: str, args: NamespaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.ready = KubernetesObject(
            self.child_name("namespace"),
            api_version="v1",
            kind="Namespace",
            metadata={
                "name": args.name,
                "labels": {
                    f"{POD_SECURITY}enforce": args.pod_security,
                    f"{POD_SECURITY}warn": "restricted",
                    **args.labels,
                },
            },
            opts=self.child(),
        )
        self.namespace = self.ready.object_name
        self.register_outputs(self.outputs())
