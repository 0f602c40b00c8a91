"""What the program says to the operators' charts: only what those charts know.

Helm takes any value without a word, and a chart does nothing with one that it does not know. The
lists below were compared by hand with the charts' own values and, where there is one, schema:
external-secrets 2.9.0 and argo-cd 10.1.1, which brings redis-ha 4.38.0. A value that is new to the
program has to be looked up there before it is listed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from pulumi import ResourceOptions

from components.gitops import ArgoCd, ArgoCdArgs
from components.secrets import ExternalSecretsOperator, ExternalSecretsOperatorArgs
from tests.unit.builders import CHART, EU, record_in_cluster

# By place in the chart's values: the type that it takes there, and what it does with it.
KNOWN = {
    "external-secrets": {
        "installCRDs": bool,  # the definitions come with the release
        "crds.annotations.helm.sh/resource-policy": str,  # of each definition: Helm leaves it
        "replicaCount": int,  # pods of the operator, not of its webhook or certificate controller
        "leaderElect": bool,  # only one of the operator's pods works
        "serviceAccount.create": bool,
        "serviceAccount.name": str,  # of the operator's own; the webhook's has another
    },
    "argo-cd": {
        "fullnameOverride": str,  # how its objects' names begin
        "crds.install": bool,
        "crds.keep": bool,  # an annotation for Helm: they outlive the release
        "global.networkPolicy.create": bool,  # for every part; each part could say otherwise
        "redis-ha.enabled": bool,  # the dependency in the place of the single Redis
        "server.replicas": int,
        "repoServer.replicas": int,
        "applicationSet.replicas": int,
    },
}


def operator(opts: ResourceOptions) -> ExternalSecretsOperator:
    args = ExternalSecretsOperatorArgs(
        account=EU, cluster_name="main", chart=CHART, secret_prefixes=["a/"], key_arn="arn:key"
    )
    return ExternalSecretsOperator("operator", args, opts)


def argo_cd(opts: ResourceOptions) -> ArgoCd:
    return ArgoCd("argo", ArgoCdArgs(chart=CHART, highly_available=True), opts)


def leaves(values: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, type]]:
    """Each value's place and type; numbers as the chart sees them, without a fraction."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{place}{key}.")
        else:
            whole = isinstance(value, float) and value.is_integer()
            yield f"{place}{key}", int if whole else type(value)


@pytest.mark.parametrize("build", [operator, argo_cd])
def test_a_chart_is_told_only_what_it_knows(build: Callable[[ResourceOptions], object]) -> None:
    release = record_in_cluster(build).only(":Release").inputs
    assert dict(leaves(release["values"])) == KNOWN[release["chart"]]
