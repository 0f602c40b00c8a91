"""Helm's marks of operations that were cut off."""

from typing import Any
from urllib.parse import unquote

from local.engine import releases
from local.engine.kubernetes_api import KubernetesApi

BEGUN = {"type": releases.TYPE, "inputs": {"name": "argo-cd", "namespace": "argocd"}}


class Api(KubernetesApi):
    """A cluster in which the installation of Argo CD was cut off."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def get(self, path: str) -> dict[str, Any]:
        wanted = "owner=helm,name=argo-cd,status in (pending-install,"
        place, _, query = path.partition("?")
        if place == "/api/v1/namespaces/argocd/secrets" and wanted in unquote(query):
            return {"items": [{"metadata": {"name": "sh.helm.release.v1.argo-cd.v1"}}]}
        return {}

    def delete(self, path: str) -> None:
        self.deleted.append(path)


def test_an_installation_that_was_cut_off_may_begin_anew() -> None:
    api = Api()
    other = {"type": "kubernetes:core/v1:Namespace", "inputs": {"metadata": {"name": "argocd"}}}
    healthy = {"type": releases.TYPE, "inputs": {"name": "external-secrets", "namespace": "es"}}
    assert releases.clear_marks(api, [BEGUN, other, healthy]) == ["argocd/argo-cd"]
    assert api.deleted == ["/api/v1/namespaces/argocd/secrets/sh.helm.release.v1.argo-cd.v1"]
