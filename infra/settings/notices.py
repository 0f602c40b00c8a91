"""What a stack file may say and a deployment should know: it is told, and stops nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from components.database.known_parameters import unknown_parameters
from components.network import NatStrategy
from components.partition import is_listed
from infra.settings.stack import StackSettings

# AWS's quotas for an account in a region, by their codes; AWS raises them on request.
ELASTIC_IPS, ELASTIC_IPS_CODE = 5, "L-0263D0A3"
RULES_OF_A_GROUP, RULES_CODE = 60, "L-0EA8095F"
NODE_GROUPS, NODE_GROUPS_CODE = 30, "L-6D54EA21"
NODES_OF_A_GROUP, NODES_CODE = 450, "L-BD136A63"


def notices(stack: StackSettings) -> Iterator[str]:
    """One line for each thing to know, which names its key."""
    if not is_listed(stack.region):
        yield (
            f"aws:region: AWS's data that came with this has no region {stack.region!r}: it is"
            " newer, or mistyped"
        )
    for key in ("parameters", "weakening_parameters"):
        for name, nearest in unknown_parameters(getattr(stack.database, key)):
            hint = f"; did you mean {nearest!r}?" if nearest else ""
            yield (
                f"groundwork:database.{key}.{name}: no parameter that is known here, and RDS"
                f" refuses one that it does not know in the middle of a deployment{hint}"
            )
    yield from _quota_notices(stack)
    yield from _secret_notices(stack)
    if "default" not in stack.gitops.projects:
        yield (
            "groundwork:gitops.projects: 'default' is not declared, and Argo CD's own allows every"
            " repository, namespace and cluster-wide object"
        )
    for name, pool in stack.cluster.node_pools.items():
        if pool.desired_size is not None and pool.min_size != pool.max_size:
            yield (
                f"groundwork:cluster.node_pools.{name}.desired_size: every deployment sets"
                f" {pool.desired_size} nodes again, whatever an autoscaler or a hand has made of it"
            )


def _secret_notices(stack: StackSettings) -> Iterator[str]:
    """Names that are nearly those of secrets that the stack makes."""
    made = stack.secrets.values.secrets
    for name, secret in stack.secrets.external_secrets.items():
        for position, entry in enumerate(secret.data):
            nearest = difflib.get_close_matches(entry.key, made, n=1, cutoff=0.85)
            if entry.key not in made and nearest:
                yield (
                    f"groundwork:secrets.external_secrets.{name}.data[{position}].key: the stack"
                    f" makes no secret {entry.key!r}; did you mean {nearest[0]!r}?"
                )


def _quota_notices(stack: StackSettings) -> Iterator[str]:
    """What this stack alone takes more of than AWS grants a new account."""
    cluster = stack.cluster
    zones = len(stack.network.availability_zones)
    addresses = zones if stack.network.nat is NatStrategy.PER_AZ else 0
    # The database's own rule for the cluster comes to those of the networks.
    doors, clients = len(cluster.private_access_cidrs), 1 + len(stack.database.client_cidrs)
    for key, what, count, quota, code in (
        ("network.nat", "Elastic IPs", addresses, ELASTIC_IPS, ELASTIC_IPS_CODE),
        ("cluster.private_access_cidrs", "rules", doors, RULES_OF_A_GROUP, RULES_CODE),
        ("database.client_cidrs", "rules", clients, RULES_OF_A_GROUP, RULES_CODE),
        (
            "cluster.node_pools",
            "node groups",
            len(cluster.node_pools),
            NODE_GROUPS,
            NODE_GROUPS_CODE,
        ),
        *(
            (
                f"cluster.node_pools.{name}.max_size",
                "nodes",
                pool.max_size,
                NODES_OF_A_GROUP,
                NODES_CODE,
            )
            for name, pool in cluster.node_pools.items()
        ),
    ):
        if count > quota:
            yield (
                f"groundwork:{key}: {count} {what}, and AWS grants {quota} until the quota {code}"
                " is raised"
            )
