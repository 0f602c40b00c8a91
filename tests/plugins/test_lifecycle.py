"""Every table entry lives its whole life against the endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.plugins.aws import pending
from local.plugins.aws.resource import AwsResource
from local.plugins.framework.plugin import Target
from local.plugins.framework.values import UNKNOWN, plain
from tests.plugins.cases.case import Case, changed
from tests.plugins.cases.catalog import CASES
from tests.plugins.cases.eks import ACCESS_POLICY_ASSOCIATION
from tests.plugins.host import Host, RejectedError, State
from tests.plugins.world import World


def _same(case: Case, one: State, other: State) -> None:
    assert plain(one.inputs) == plain(other.inputs)
    assert _still(case, one) == _still(case, other)


def _still(case: Case, state: State) -> dict[str, object]:
    return {key: value for key, value in plain(state.outputs).items() if key not in case.moving}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_life(case: Case, host: Host, world: World, resources: dict[str, AwsResource]) -> None:
    name = f"test-{world.number()}"
    inputs = case.inputs(world)

    foreseen = host.preview(case.type, name, inputs)
    state = host.create(case.type, name, inputs)
    assert list(_unforeseen(plain(foreseen), plain(state.outputs))) == []

    refreshed = host.refresh(state)
    assert refreshed is not None
    _same(case, refreshed, state)
    assert not host.diff(state, inputs)

    imported = host.read(case.type, name, case.import_id(state))
    assert imported is not None
    assert imported.id == state.id
    assert set(host.diff(imported, inputs).kinds) <= case.not_imported
    host.check(case.type, name, imported.inputs)

    begun, target = plain(state.inputs), Target(type=case.type, name=name)
    made = pending.find(resources[case.type], target, begun)
    assert [one.id for one in made] == ([state.id] if case.found_again else [])
    for one in made:
        adopted = State(type=case.type, name=name, id=one.id, inputs=begun, outputs=one.outputs)
        assert not host.diff(adopted, inputs)
        assert not pending.find(resources[case.type], target, begun, known={one.id})

    if case.update:
        state = _update(case, host, state, changed(inputs, case.update(world)))
        inputs = changed(inputs, case.update(world))
    for key, value in case.replace.items():
        difference = host.diff(state, changed(inputs, {key: value}))
        assert difference.replaces == [key]
        assert difference.delete_first == case.delete_first

    if case.drift:
        _drift(case, host, world, state)
    host.delete(state)
    host.delete(state)
    gone = host.refresh(state)
    assert (gone is not None) == case.outlives_delete
    assert case.outlives_delete or not pending.find(resources[case.type], target, begun)
    if not case.outlives_delete:
        assert host.read(case.type, name, case.import_id(state)) is None


def test_an_association_that_is_replaced_without_deletion_first_is_lost(
    host: Host, world: World
) -> None:
    """As on AWS: the new one overwrites the old one, whose deletion then takes both."""
    case = ACCESS_POLICY_ASSOCIATION
    inputs = case.inputs(world)
    old = host.create(case.type, "association", inputs)
    new = host.create(
        case.type, "association", changed(inputs, {"accessScope": {"type": "cluster"}})
    )
    assert new.id == old.id
    host.delete(old)
    assert host.refresh(new) is None


def _unforeseen(foreseen: object, real: object, path: str = "") -> Iterator[str]:
    """Where a preview says something else than what came, or nothing, instead of "unknown"."""
    if foreseen is UNKNOWN:
        return
    if isinstance(real, dict) and isinstance(foreseen, dict):
        for key, value in real.items():
            yield from _unforeseen(foreseen.get(key), value, f"{path}.{key}")
    elif isinstance(real, list) and isinstance(foreseen, list) and len(real) == len(foreseen):
        for index, (before, after) in enumerate(zip(foreseen, real, strict=True)):
            yield from _unforeseen(before, after, f"{path}[{index}]")
    elif foreseen != real and not (foreseen is None and real in (False, 0, "", [], {})):
        yield f"{path}: {foreseen!r}, really {real!r}"


def _update(case: Case, host: Host, state: State, inputs: dict[str, object]) -> State:
    difference = host.diff(state, inputs)
    assert difference
    assert not difference.replaces
    foreseen = host.update(state, inputs, preview=True)
    updated = host.update(state, inputs)
    unforeseen = list(_unforeseen(_still(case, foreseen), _still(case, updated)))
    assert unforeseen == []
    assert not host.diff(updated, inputs)
    refreshed = host.refresh(updated)
    assert refreshed is not None
    _same(case, refreshed, updated)
    return updated


def _drift(case: Case, host: Host, world: World, state: State) -> None:
    assert case.drift
    case.drift(world, state)
    drifted = host.refresh(state)
    if drifted is None:
        assert case.drifted == ""
        return
    assert plain(drifted.inputs.get(case.drifted)) != plain(state.inputs.get(case.drifted))
    program = plain({key: value for key, value in state.inputs.items() if key != "__defaults"})
    roots = {path.split(".")[0].split("[")[0] for path in host.diff(drifted, program).kinds}
    assert case.drifted in roots


REJECTED = [
    pytest.param(case, *rejection, id=f"{case}-{rejection[1]}")
    for case in CASES
    for rejection in case.rejected
]


@pytest.mark.parametrize(("case", "change", "path", "reason"), REJECTED)
def test_rejected(
    case: Case,
    change: dict[str, object],
    path: str,
    reason: str,
    host: Host,
    world: World,
) -> None:
    with pytest.raises(RejectedError) as caught:
        host.check(case.type, "rejected", changed(case.inputs(world), change))
    assert path in caught.value.failures
    assert reason in caught.value.failures[path]
