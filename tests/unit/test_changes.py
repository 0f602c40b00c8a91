"""What a changed setting would lose is refused, with the setting, both values and what is lost."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pulumi
import pytest

from infra.changes import allowances, refusals
from infra.one_way import POSTGRESQL
from infra.settings import parse
from infra.state import State
from infra.stateful import CLUSTER, DATABASE, STATEFUL
from tests.unit.deployed import state_after
from tests.unit.program import (
    ALLOWED,
    recorded_stack,
    recorded_with_a_third_zone,
    recorded_with_allowances,
    run_program,
)
from tests.unit.recording import INVOKES, record
from tests.unit.stack_files import as_config, stack_file

Change = Callable[[dict[str, Any]], object]
DATABASE_LOGS = ["database-logs-postgresql", "database-logs-upgrade"]


@cache
def deployed(stack: str) -> State:
    return state_after(recorded_stack(stack))


def refused(change: Change, state: State | None = None, stack: str = "staging") -> list[str]:
    """What is refused of a stack file after a change."""
    values = copy.deepcopy(stack_file(stack))
    change(values)
    settings = parse(as_config(values), f"Pulumi.{stack}.yaml")
    return refusals(settings, deployed(stack) if state is None else state)


def put(value: object, *keys: str) -> Change:
    """A change of one setting."""

    def change(values: dict[str, Any]) -> None:
        holder: Any = values
        *parents, last = keys
        for key in parents:
            holder = holder[key]
        holder[last] = value

    return change


def both(*changes: Change) -> Change:
    """Several changes."""

    def change(values: dict[str, Any]) -> None:
        for one in changes:
            one(values)

    return change


def allow(*names: str) -> Change:
    return put(list(names), "groundwork:allow_replace")


@pytest.mark.parametrize("stack", ["local", "staging"])
def test_a_stack_file_as_it_was_deployed_is_not_refused(stack: str) -> None:
    assert refused(lambda values: None, stack=stack) == []


def test_nothing_is_refused_of_a_stack_that_was_never_deployed() -> None:
    assert refused(put("10.99.0.0/16", "groundwork:network", "cidr"), State()) == []


@pytest.mark.parametrize(
    ("keys", "old", "new", "lost"),
    [
        (
            ("database", "identifier"),
            "groundwork-local",
            "other",
            ["database-instance", *DATABASE_LOGS],
        ),
        (
            ("database", "database_name"),
            "app",
            "shop",
            ["database-suffix", "database-instance", *DATABASE_LOGS],
        ),
        (
            ("database", "username"),
            "groundwork",
            "owner",
            ["database-suffix", "database-instance", *DATABASE_LOGS],
        ),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else None,
)
def test_what_would_be_replaced_is_refused_until_it_is_named(
    keys: tuple[str, str], old: str, new: str, lost: list[str]
) -> None:
    subject, key = keys
    change = put(new, f"groundwork:{subject}", key)
    (message,) = refused(change, stack="local")
    assert f"groundwork:{subject}.{key}: from {old!r} to {new!r}" in message
    assert f"Put {old!r} back" in message
    assert all(name in message for name in lost)
    assert refused(both(change, allow(*lost[1:])), stack="local")
    assert refused(both(change, allow(*lost)), stack="local") == []


@pytest.mark.parametrize("stack", ["local", "staging"])
@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("name", "groundwork-{stack}", "other"),
        ("service_cidr", "172.20.0.0/16", "172.21.0.0/16"),
    ],
)
def test_a_cluster_is_never_replaced_under_what_runs_in_it(
    key: str, old: str, new: str, stack: str
) -> None:
    """The engine closes the old cluster's provider before it deletes what was in that."""
    change, old = put(new, "groundwork:cluster", key), old.format(stack=stack)
    names = allow("cluster-control-plane-cluster", "cluster-control-plane-logs")
    for each in (change, both(change, names)):
        (message,) = refused(each, stack=stack)
        assert f"groundwork:cluster.{key}: from {old!r} to {new!r}" in message
        assert "destroy this stack first, or deploy a second one" in message
        assert f"Put {old!r} back; docs/changes.md" in message
        assert "allow_replace" not in message


def test_what_aws_itself_protects_needs_that_lifted_first() -> None:
    """Else AWS would stop half-way: the new database made, the old one still there."""
    named = allow("database-suffix", "database-instance", *DATABASE_LOGS)
    (message,) = refused(both(put("shop", "groundwork:database", "database_name"), named))
    assert "groundwork:database.deletion_protection: false" in message


def test_the_networks_addresses_stay_whatever_is_allowed() -> None:
    change = put("10.99.0.0/16", "groundwork:network", "cidr")
    for each in (change, both(change, allow("network-vpc"))):
        (message,) = refused(each)
        assert "groundwork:network.cidr: from '10.10.0.0/16' to '10.99.0.0/16'" in message
        for hanging in ("cluster-control-plane-cluster", "database-instance", "network-vpc"):
            assert hanging in message
        assert "docs/changes.md" in message


def test_a_stack_stays_in_its_region() -> None:
    zones = [f"eu-central-1{letter}" for letter in "ab"]
    (message,) = refused(
        both(
            put("eu-central-1", "aws:region"),
            put(zones, "groundwork:network", "availability_zones"),
        )
    )
    assert "aws:region: from 'eu-west-1' to 'eu-central-1'" in message


def test_a_zone_that_goes_takes_its_subnets() -> None:
    state = state_after(recorded_with_a_third_zone())
    names = allow(
        *(f"network-{tier}-eu-west-1c" for tier in ("database", "intra", "private", "public"))
    )
    for each in (lambda values: None, names):
        (message,) = refused(each, state)
        assert "network-private-eu-west-1c" in message
        assert "network-private-eu-west-1b" not in message
        assert "still there and groundwork:allow_replace: [network-database-eu-west-1c" in message
    assert refused(names, without_protection(state)) == []


@pytest.mark.parametrize("zones", ["ac", "ca", "cab"])
def test_the_control_planes_zones_stay(zones: str) -> None:
    names = [f"eu-west-1{letter}" for letter in zones]
    (message,) = refused(put(names, "groundwork:network", "availability_zones"))
    assert "EKS keeps a control plane" in message


@pytest.mark.parametrize("zones", ["abc", "ba", "bac"])
def test_zones_may_come_and_change_places(zones: str) -> None:
    names = [f"eu-west-1{letter}" for letter in zones]
    assert refused(put(names, "groundwork:network", "availability_zones")) == []


def test_a_secret_that_goes_is_named_with_who_reads_it() -> None:
    def change(values: dict[str, Any]) -> None:
        del values["groundwork:secrets"]["application_secrets"]["staging/app/api-keys"]

    (message,) = refused(change)
    assert "groundwork:secrets.application_secrets: from 'staging/app/api-keys'" in message
    assert "app-secrets" in message
    name = "application-secrets-secret-staging-app-api-keys"
    assert (
        "deploy twice: with 'staging/app/api-keys' still there and groundwork:allow_replace:"
        f" [{name}], then without it; docs/changes.md has the way" in message
    )
    # In the same deployment, the engine would still refuse: the state has it protected.
    assert refused(both(change, allow(name))) == [message]
    lifted = state_after(recorded_with_allowances())
    assert refused(both(change, allow(name)), lifted) == []
    assert refused(change, lifted) == [message]


def test_a_namespace_that_nobody_names_any_more_takes_what_is_in_it() -> None:
    """An application that moves leaves its volumes there, too."""
    values = copy.deepcopy(stack_file("staging"))
    text = json.dumps([values["groundwork:secrets"], values["groundwork:gitops"]])
    moved = json.loads(text.replace('"staging"', '"moved"'))
    change = both(
        put(moved[0], "groundwork:secrets"),
        put(moved[1], "groundwork:gitops"),
    )
    (message,) = refused(change)
    assert message == (
        "groundwork:secrets.namespaces: from 'staging' to None replaces or deletes"
        " staging-namespace; on that hangs everything in it, volumes and what is in them too. Put"
        " 'staging' back, or name what may go: groundwork:allow_replace: [staging-namespace]"
    )
    assert refused(both(change, allow("staging-namespace"))) == []
    # The operators' own are no applications'.
    keep = put(["staging", "moved"], "groundwork:secrets", "namespaces")
    assert refused(both(change, keep)) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("databse-instance", "; did you mean 'database-instance'?"),
        ("nonsense", ""),
        # It is there, and holds no state.
        ("cluster-api", ""),
    ],
)
def test_a_name_that_may_go_and_is_not_there_is_told(name: str, hint: str) -> None:
    file = both(allow("database-instance", name), lambda values: None)
    values = copy.deepcopy(stack_file("staging"))
    file(values)
    said = list(allowances(parse(as_config(values), "Pulumi.staging.yaml"), deployed("staging")))
    assert said == [
        f"groundwork:allow_replace: {name!r} is no resource with state of this stack, or no"
        f" more{hint}",
        "groundwork:allow_replace leaves database-instance without protection: take the name out"
        " after this change",
    ]


def without_protection(state: State) -> State:
    """The state after a deployment in which all might go."""
    return State(list(state))


def runs(kind: str, **outputs: object) -> State:
    """The staging stack's state with other outputs of the one resource of a type."""
    return State(
        [
            replace(one, outputs={**one.outputs, **outputs}) if one.type == kind else one
            for one in deployed("staging")
        ]
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (runs(CLUSTER, version="1.37"), "cluster.version: '1.36' is older than '1.37'"),
        (runs(CLUSTER, version="1.34"), "deploy '1.35' first"),
        (runs(DATABASE, engineVersionActual="19.1"), "database.version: '18' is older than"),
        (runs(DATABASE, engineVersionActual="17.5"), "allow_major_version_upgrade: true"),
    ],
    ids=["EKS back", "EKS too far", "RDS back", "RDS unasked"],
)
def test_versions_go_one_way(state: State, words: str) -> None:
    (message,) = refused(lambda values: None, state)
    assert words in message


def test_a_pinned_version_is_not_one_that_was_passed_by_itself() -> None:
    pinned = put("18.1", "groundwork:database", "version")
    (message,) = refused(pinned, runs(DATABASE, engineVersionActual="18.3"))
    assert "database.version: '18.1' is older than '18.3'" in message
    assert refused(pinned, runs(DATABASE, engineVersionActual="18.1")) == []


def test_a_version_without_its_minor_one_is_no_way_back() -> None:
    assert refused(lambda values: None, runs(DATABASE, engineVersionActual="18.3")) == []


@pytest.mark.parametrize(
    ("subject", "key"), [("secrets", "operator_namespace"), ("gitops", "namespace")]
)
def test_an_operators_namespace_stays(subject: str, key: str) -> None:
    (message,) = refused(put("elsewhere", f"groundwork:{subject}", key))
    assert message.startswith(f"groundwork:{subject}.{key}: from ")
    assert "to 'elsewhere'" in message


def test_a_grant_is_not_renamed_nor_swapped() -> None:
    def rename(values: dict[str, Any]) -> None:
        access = values["groundwork:cluster"]["access"]
        access["engineers"] = access.pop("developers")

    def swap(values: dict[str, Any]) -> None:
        preview, developers = (
            values["groundwork:cluster"]["access"][key] for key in ("preview", "developers")
        )
        one, other = preview["principal_arn"], developers["principal_arn"]
        preview["principal_arn"], developers["principal_arn"] = other, one

    (message,) = refused(rename)
    assert "groundwork:cluster.access.engineers" in message
    assert "under 'developers'" in message
    assert len(refused(swap)) == 2


def test_storage_never_shrinks() -> None:
    more = put(30, "groundwork:database", "storage_gib")
    assert refused(more) == []
    (message,) = refused(more, runs(POSTGRESQL, storage_gib=40))
    assert "groundwork:database.storage_gib: 30 is less than 40" in message


def test_what_is_named_is_left_without_protection_and_is_really_deleted() -> None:
    recording = recorded_with_allowances()
    holding = [one for one in recording.resources if one.type in STATEFUL]
    assert {one.name for one in holding if not one.protect} == set(ALLOWED)
    secret = recording.named(ALLOWED[1])
    assert not secret.retain_on_delete
    assert secret.inputs["recoveryWindowInDays"] == 7


def keep(monkeypatch: pytest.MonkeyPatch, state: State) -> None:
    """Has the engine answer with a state."""
    resources: Mapping[str, Any] = {
        f"urn:pulumi:test::groundwork::{one.type}::{one.name}": {
            "type": one.type,
            "outputs": one.outputs,
        }
        for one in state
    }
    answers = {
        "pulumi:pulumi:readStackOutputs": {"outputs": {"region": "eu-west-1"}},
        "pulumi:pulumi:readStackResourceOutputs": {"outputs": resources},
    }
    for token, answer in answers.items():
        monkeypatch.setitem(INVOKES, token, answer)


def refusal_of_a_moved_network(monkeypatch: pytest.MonkeyPatch, stack: str) -> str:
    """What the program says of a stack whose VPC is to have other addresses."""
    keep(monkeypatch, deployed(stack))
    values = stack_file(stack)
    put("10.99.0.0/16", "groundwork:network", "cidr")(values)
    with pytest.raises(pulumi.RunError) as caught:
        record(run_program, as_config(values))
    return str(caught.value)


def test_a_refusal_ends_the_program_before_its_first_resource(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = refusal_of_a_moved_network(monkeypatch, "staging")
    assert "groundwork:network.cidr: from '10.10" in said


def test_what_a_change_makes_unfit_does_not_hide_what_it_would_lose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The local stack names clients inside the VPC as it was."""
    said = refusal_of_a_moved_network(monkeypatch, "local")
    assert "groundwork:database.client_cidrs[0]: '10.0.0.0/17' cannot be used" in said
    assert "groundwork:network.cidr: from '10.0.0.0/16' to '10.99.0.0/16' replaces" in said
    assert "on that hangs" in said


def test_a_tag_for_everything_changes_nothing_but_tags() -> None:
    """A node's template would be a new version, and every machine another."""
    before = {one.urn: one.inputs for one in recorded_stack("staging").resources}
    for one in recorded_with_allowances().resources:
        rest = {key: value for key, value in one.inputs.items() if key != "tags"}
        assert rest == {key: v for key, v in before[one.urn].items() if key != "tags"}, one.urn
