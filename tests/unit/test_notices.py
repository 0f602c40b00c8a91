"""What a preview says and does not refuse: quotas, and settings that undo what others do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from infra.settings import notices, parse
from tests.unit.program import run_program
from tests.unit.recording import record
from tests.unit.stack_files import FILE, STACKS, VALID, as_config, put, stack_file

POOL = VALID["groundwork:cluster"]["node_pools"]["general"]
SLICES = [f"10.0.{number}.0/24" for number in range(60)]


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_said_of_the_repositorys_stack_files(stack: str) -> None:
    assert not list(notices(parse(as_config(stack_file(stack)), stack)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda values: values["groundwork:network"].update(
                {"nat": "per_az", "availability_zones": [f"eu-west-1{one}" for one in "abcdef"]}
            ),
            "groundwork:network.nat: 6 Elastic IPs, and AWS grants 5 until the quota L-0263D0A3 is"
            " raised",
        ),
        (
            lambda values: values["groundwork:gitops"].update({"projects": {}, "applications": {}}),
            "groundwork:gitops.projects: 'default' is not declared, and Argo CD's own allows every",
        ),
        (
            put("secrets/external_secrets/app-secrets/data/0/key", "prod/app/databse"),
            "groundwork:secrets.external_secrets.app-secrets.data[0].key: the stack makes no secret"
            " 'prod/app/databse'; did you mean 'prod/app/database'?",
        ),
        (
            put("cluster/private_access_cidrs", [*SLICES, "10.0.60.0/24"]),
            "groundwork:cluster.private_access_cidrs: 61 rules, and AWS grants 60",
        ),
        (
            put("database/client_cidrs", SLICES),
            "groundwork:database.client_cidrs: 61 rules, and AWS grants 60",
        ),
        (
            put("cluster/node_pools", {f"pool-{number}": POOL for number in range(31)}),
            "groundwork:cluster.node_pools: 31 node groups, and AWS grants 30",
        ),
        (
            put("cluster/node_pools/general/max_size", 451),
            "groundwork:cluster.node_pools.general.max_size: 451 nodes, and AWS grants 450",
        ),
        (
            put("database/parameters", {"work_mme": "65536", "pg_hint_plan.enable_hint": "1"}),
            "groundwork:database.parameters.work_mme: no parameter that is known here, and RDS"
            " refuses one that it does not know in the middle of a deployment; did you mean"
            " 'work_mem'?",
        ),
        (
            put("cluster/node_pools/general/desired_size", 2),
            "groundwork:cluster.node_pools.general.desired_size: every deployment sets 2 nodes"
            " again, whatever an autoscaler or a hand has made of it",
        ),
    ],
    ids=lambda one: one.partition(": ")[0] if isinstance(one, str) else "",
)
def test_what_is_to_be_known_is_said_by_key(
    change: Callable[[dict[str, Any]], None], message: str
) -> None:
    values = copy.deepcopy(VALID)
    change(values)
    (said,) = notices(parse(as_config(values), FILE))
    assert said.startswith(message)


@pytest.mark.parametrize(("region", "said"), [("eu-west-9", 1), ("eu-south-2", 0)])
def test_a_region_that_is_new_or_mistyped_is_told(region: str, said: int) -> None:
    values = copy.deepcopy(VALID)
    values["aws:region"] = region
    values["groundwork:network"]["availability_zones"] = [f"{region}a", f"{region}b"]
    told = list(notices(parse(as_config(values), FILE)))
    assert len(told) == said
    assert all(one.startswith("aws:region: ") and repr(region) in one for one in told)


def test_the_program_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    values, said = copy.deepcopy(VALID), []
    put("cluster/node_pools/general/desired_size", 2)(values)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    record(run_program, as_config(values))
    assert len(said) == 1
