"""The base of all components and of their arguments; durations; chart releases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import pulumi
import pulumi_random as random
import pytest
from pulumi import ResourceOptions

from components.account import AwsAccount
from components.arguments import Args, ArgumentError, Fault, Setting, Settings
from components.chart import Chart, release
from components.component import Component
from components.duration import duration_faults, format_duration
from tests.unit.builders import record_in_cluster
from tests.unit.recording import record


class Pair(Component):
    """Two children, by key."""

    subject = "encryption"

    first: pulumi.Output[str]

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts, tags={"team": "a"})
        children = [
            random.RandomId(self.child_name("part", key), byte_length=2, opts=self.child())
            for key in ("a", "b")
        ]
        self.first = children[0].hex
        self.register_outputs(self.outputs())


def test_children_have_their_parent_and_no_other_of_the_callers_options() -> None:
    def program() -> None:
        Pair("pair", ResourceOptions(delete_before_replace=True))

    child = record(program).named("pair-part-a")
    assert child.urn.startswith("urn:pulumi:test::groundwork::groundwork:encryption:Pair$")
    assert not child.delete_before_replace


def a_list(other: pulumi.Resource) -> Any:
    return [other]


def one_alone(other: pulumi.Resource) -> Any:
    return other


def an_output(other: pulumi.Resource) -> Any:
    return pulumi.Output.from_input([other])


@pytest.mark.parametrize("written", [a_list, one_alone, an_output])
def test_children_wait_for_what_the_component_depends_on(
    written: Callable[[pulumi.Resource], Any],
) -> None:
    def program() -> None:
        other = random.RandomId("other", byte_length=2)
        Pair("pair", ResourceOptions(depends_on=written(other)))

    recording = record(program)
    other = recording.named("other").urn
    for name in ("pair-part-a", "pair-part-b"):
        assert recording.named(name).dependencies == {other}


def test_public_outputs_are_registered() -> None:
    recording = record(lambda: Pair("pair"))
    assert recording.outputs[recording.only(":Pair").urn] == {"first": "0a1b2c3d"}


def test_an_account_writes_arns_of_its_own_partition() -> None:
    def program() -> None:
        china = AwsAccount(id="123456789012", region="cn-north-1")
        written = {
            "root": china.root_arn,
            "policy": china.managed_policy("X"),
            "logs": china.regional_arn("logs", "log-group:*"),
        }
        random.RandomId("arns", byte_length=2, keepers=written)

    assert record(program).named("arns").inputs["keepers"] == {
        "root": "arn:aws-cn:iam::123456789012:root",
        "policy": "arn:aws-cn:iam::aws:policy/X",
        "logs": "arn:aws-cn:logs:cn-north-1:123456789012:log-group:*",
    }


@dataclass(frozen=True, kw_only=True)
class Span(Args):
    """A start and an end."""

    start: int
    end: int

    def faults(self) -> Iterator[Fault]:
        if self.start < 0:
            yield Fault("start", self.start, "give 0 or more")
        if self.end < self.start:
            yield Fault("end", self.end, "give at least start")


@dataclass(frozen=True, kw_only=True)
class Length(Settings):
    """What a file can say."""

    end: Annotated[int, Setting("Where it ends", unit="metres")] = 7
    colour: Annotated[str, Setting("What it looks like")] = "red"


def test_arguments_take_what_they_know_of_settings_and_what_the_program_adds() -> None:
    assert Span.of(Length(), start=3) == Span(start=3, end=7)
    assert Span.of(Length(end=5), start=3, end=4) == Span(start=3, end=4)
    with pytest.raises(ArgumentError, match="end: 7 cannot be used"):
        Span.of(Length(), start=8)
    with pytest.raises(TypeError, match="begin"):
        Span.of(Length(), begin=8)


def test_all_faults_of_arguments_come_at_once_and_name_value_and_remedy() -> None:
    with pytest.raises(ArgumentError) as caught:
        Span(start=-1, end=-2)
    assert str(caught.value).splitlines() == [
        "start: -1 cannot be used; give 0 or more",
        "end: -2 cannot be used; give at least start",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1s"), (5, "5s"), (90, "1m30s"), (180, "3m"), (3600, "1h")]
)
def test_durations_read_as_kubernetes_writes_them(seconds: int, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize("seconds", [0, -1, 0.5, 1.5])
def test_parts_of_a_second_and_less_than_one_are_refused(seconds: float) -> None:
    assert list(duration_faults("wait", timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    ("repository", "chart", "options"),
    [
        ("https://charts.example.com", "web", {"repo": "https://charts.example.com"}),
        ("oci://registry.example.com/charts", "oci://registry.example.com/charts/web", None),
    ],
)
def test_charts_come_from_a_repository_or_a_registry(
    repository: str, chart: str, options: dict[str, str] | None
) -> None:
    recording = record_in_cluster(
        lambda opts: release(
            "web",
            Chart(repository=repository, version="1.2.3"),
            chart_name="web",
            namespace="web",
            values={},
            opts=ResourceOptions(provider=opts.providers[0]),  # pyright: ignore
        )
    )
    inputs = recording.only(":Release").inputs
    assert inputs["chart"] == chart
    assert inputs.get("repositoryOpts") == options
    assert (inputs["name"], inputs["createNamespace"], inputs["atomic"]) == ("web", False, True)


@pytest.mark.parametrize(
    ("repository", "version"),
    [("charts.example.com", "1.2.3"), ("https://x", "~1.2"), ("https://x", "latest")],
)
def test_a_chart_is_named_exactly(repository: str, version: str) -> None:
    with pytest.raises(ArgumentError):
        Chart(repository=repository, version=version)
