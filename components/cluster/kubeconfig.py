"""How a Kubernetes client reaches an EKS cluster: no stored credentials."""

from __future__ import annotations

from pulumi import Input, Output


def kubeconfig(
    *,
    cluster_name: Input[str],
    region: str,
    endpoint: Input[str],
    certificate_authority: Input[str],
) -> Output[str]:
    """A kubeconfig, as JSON, that asks `aws eks get-token` for a token of the caller's own.

    `certificate_authority`: base64 of a PEM file, as EKS gives it.
    """
    return Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster_name,
            "contexts": [
                {
                    "name": cluster_name,
                    "context": {"cluster": cluster_name, "user": cluster_name},
                }
            ],
            "clusters": [
                {
                    "name": cluster_name,
                    "cluster": {
                        "server": endpoint,
                        "certificate-authority-data": certificate_authority,
                    },
                }
            ],
            "users": [
                {
                    "name": cluster_name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": "aws",
                            "args": [
                                "eks",
                                "get-token",
                                "--output",
                                "json",
                                "--cluster-name",
                                cluster_name,
                                "--region",
                                region,
                            ],
                            "interactiveMode": "Never",
                        }
                    },
                }
            ],
        }
    )
