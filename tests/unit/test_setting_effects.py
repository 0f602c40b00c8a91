"""What each setting of a stack file does when it is changed, by the plugins' own comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pytest

from infra.rolls import rolls
from infra.settings import parse
from infra.state import State
from infra.stateful import STATEFUL
from tests.unit.setting_effects import REFUSED, before, effects, planned, refusal
from tests.unit.setting_values import BELOW_JOB, TOGETHER, VALUES, changed
from tests.unit.stack_files import as_config
from tools.settings_reference import setting_paths

COMMAND = "python -m tests.unit.setting_effects"
BESIDE = {"aws:region", "tags"}
# With a job, other resources migrate; a zone gets a gateway, or an endpoint, if all have one; what
# is waited for has no path or revision where nothing is.
ALONE = {
    "migrations.job",
    "network.availability_zones",
    "network.nat",
    "gitops.applications.*.wait_for_sync",
}


def test_every_setting_is_in_the_table() -> None:
    settings = {path for path, _, _ in setting_paths()} | BESIDE
    assert VALUES.keys() == settings
    assert effects().keys() == settings, f"`{COMMAND}` writes the table"


@pytest.mark.parametrize("path", VALUES)
def test_the_table_says_what_is_refused(path: str) -> None:
    assert refusal(path) == effects()[path].get(REFUSED, [])


def test_what_holds_state_is_never_replaced_or_deleted_unannounced() -> None:
    kinds = {f"{kind.split(':')[1].split('/')[0]}.{kind.split(':')[2]}" for kind in STATEFUL}
    kinds.add("RandomId")
    for path, effect in effects().items():
        lost = [*effect.get("replaces", ()), *effect.get("deletes", ())]
        assert not [one for one in lost if one.split(" ")[0] in kinds], path


ROLLED = {
    "cluster.version": "from '1.35' to '1.36': pool 'general': replaces all of its nodes, one after"
    " the other",
    "network.availability_zones": "from ['eu-west-1a', 'eu-west-1b'] to ['eu-west-1a',"
    " 'eu-west-1b', 'eu-west-1c']: pool 'general': replaces its node group",
    "cluster.node_pools.*.instance_types": "from ['t3.large'] to ['m7i.large']",
    "cluster.node_pools.*.architecture": "from 'x86_64' to 'arm64'",
    "cluster.node_pools.*.spot": "from True to False",
    "cluster.node_pools.*.disk_gib": "from 50 to 80: pool 'general': replaces all of its nodes,",
}


def test_what_replaces_nodes_is_told() -> None:
    """By the plugins' own comparison: another group, another version of its template or of it."""
    _, state = before(job=False)
    for path, effect in effects().items():
        rolling = [
            one
            for how in ("updates", "replaces")
            for one in effect.get(how, ())
            if one.startswith("eks.NodeGroup")
            and (how == "replaces" or one.split(" ")[2].startswith(("version", "launchTemplate")))
        ]
        assert bool(rolling) == (path in ROLLED), path
        if rolling or path.startswith(("cluster.node_pools", "network.", "tags")):
            if REFUSED in effect:
                continue
            said = list(rolls(parse(as_config(changed(path)), "Pulumi.staging.yaml"), state))
            named = path.replace("*", "general")
            mine = [one for one in said if one.startswith(f"groundwork:{named}: ")]
            assert [ROLLED[path] in one for one in mine] == [True] * bool(rolling), said
            # Another architecture needs other types as well.
            assert len(said) == len(mine) + (path.endswith(".architecture")), said


def test_a_pool_that_goes_is_told() -> None:
    _, state = before(job=False)
    values = changed("cluster.node_pools.*.min_size")
    pools = values["groundwork:cluster"]["node_pools"]
    pools["other"] = pools.pop("general")
    assert list(rolls(parse(as_config(values), "Pulumi.staging.yaml"), state)) == [
        "groundwork:cluster.node_pools: pool 'general' is gone: its nodes are drained and deleted"
    ]
    assert not list(rolls(parse(as_config(values), "Pulumi.staging.yaml"), State()))


def batches() -> Iterator[Sequence[str]]:
    """The settings in groups of which no two touch the same property of a resource."""
    for below_job in (False, True):
        waiting = [
            path
            for path in effects()
            if path.startswith(BELOW_JOB) is below_job and REFUSED not in effects()[path]
        ]
        while waiting:
            batch: list[str] = []
            touched: set[str] = set()
            for path in list(waiting):
                mine = {one for names in effects()[path].values() for one in names}
                if not mine & touched and not any(_one_in_other(path, one) for one in batch):
                    batch.append(path)
                    touched |= mine
                    waiting.remove(path)
            yield batch


def _one_in_other(path: str, other: str) -> bool:
    """Whether one setting, or what is changed together with it, lies in the other."""
    if ALONE & {path, other}:
        return True
    if _deletes_what_changes(path, other) or _deletes_what_changes(other, path):
        return True
    mine, others = ([f"{each}." for each in (one, *TOGETHER.get(one, ()))] for one in (path, other))
    return any(a.startswith(b) or b.startswith(a) for a in mine for b in others)


def _deletes_what_changes(path: str, other: str) -> bool:
    changed = {one for names in effects()[other].values() for one in names}
    return any(
        one.startswith(gone) for gone in effects()[path].get("deletes", ()) for one in changed
    )


BATCHES = list(batches())


@pytest.mark.parametrize("batch", BATCHES, ids=[f"{one[0]} and {len(one) - 1}" for one in BATCHES])
def test_the_table_says_what_the_plugins_compute(batch: Sequence[str]) -> None:
    expected: Mapping[str, set[str]] = defaultdict(set)
    for path in batch:
        for how, names in effects()[path].items():
            expected[how] |= set(names)
    assert planned(*batch) == expected, f"`{COMMAND}` writes the table anew"
