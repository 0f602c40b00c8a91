"""What holds for every component, checked over the whole program in all stacks."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import socket
from collections.abc import Iterator

import pulumi
import pulumi_aws as aws
import pytest

import components
from components.arguments import Args, Settings
from components.component import Component
from components.encryption import EncryptionKey, EncryptionKeyArgs
from infra.settings.keys import keys_of
from infra.stateful import STATEFUL
from tests.unit.builders import EU
from tests.unit.known_urns import known, registered
from tests.unit.program import recorded_stack, recorded_with_job, run_program
from tests.unit.recording import Recording, Registered, record
from tests.unit.stack_files import STACKS, as_config, stack_file


def load_all() -> None:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)


def subclasses(base: type) -> Iterator[type]:
    """The project's own, not those that a test defines."""
    load_all()
    for child in base.__subclasses__():
        if child.__module__.startswith("components."):
            yield child
        yield from subclasses(child)


COMPONENTS = sorted(subclasses(Component), key=lambda one: one.__name__)
ARGS = sorted(subclasses(Args), key=lambda one: one.__name__)
SETTINGS = sorted(
    (one for one in subclasses(Settings) if not issubclass(one, Args)), key=lambda one: one.__name__
)


def token(component: type[Component]) -> str:
    return f"groundwork:{component.subject}:{component.__name__}"


@pytest.fixture(scope="module", params=STACKS)
def recording(request: pytest.FixtureRequest) -> Recording:
    return recorded_stack(request.param)


@pytest.fixture(scope="module")
def production() -> Recording:
    return recorded_stack("production")


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.__name__)
def test_type_token_names_the_folder_and_the_class(component: type[Component]) -> None:
    assert component.__module__.split(".")[1] == component.subject


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.__name__)
def test_the_program_uses_every_component(
    component: type[Component], production: Recording
) -> None:
    recordings = (production, recorded_with_job())
    assert any(recording.of_type(token(component)) for recording in recordings)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.__name__)
def test_registered_outputs_are_the_declared_ones(
    component: type[Component], production: Recording
) -> None:
    declared = {
        name
        for name, kind in inspect.get_annotations(component).items()
        if str(kind).removeprefix("pulumi.output.").startswith("Output[")
    }
    assert declared
    for resource in production.of_type(token(component)):
        assert set(production.outputs[resource.urn]) == declared


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.__name__)
def test_constructor_takes_name_args_and_options(component: type[Component]) -> None:
    assert list(inspect.signature(component.__init__).parameters) == [
        "self",
        "name",
        "args",
        "opts",
    ]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda one: one.__name__)
def test_each_setting_says_what_it_means(settings: type[Settings]) -> None:
    assert set(keys_of(settings)) == {field.name for field in dataclasses.fields(settings)}
    assert all(key.setting.meaning for key in keys_of(settings).values())


@pytest.mark.parametrize("args", ARGS, ids=lambda one: one.__name__)
def test_arguments_declare_no_setting_of_their_own(args: type[Args]) -> None:
    """A setting stands in a class that a stack file can be read into; what has none is one."""
    settings = [one for one in args.__mro__ if one in SETTINGS]
    own = inspect.get_annotations(args)
    marked = {name for name, hint in own.items() if "Setting(" in str(hint)}
    assert not settings or not marked
    for base in settings:
        assert not own.keys() & {field.name for field in dataclasses.fields(base)}


@pytest.mark.parametrize("args", [*ARGS, *SETTINGS], ids=lambda one: one.__name__)
def test_arguments_are_frozen_and_by_keyword_only(args: type[Settings]) -> None:
    assert dataclasses.is_dataclass(args)
    assert args.__dataclass_params__.frozen  # pyright: ignore[reportAttributeAccessIssue]
    assert all(field.kw_only for field in dataclasses.fields(args))


@pytest.mark.parametrize("args", [*ARGS, *SETTINGS, *COMPONENTS], ids=lambda one: one.__name__)
def test_has_a_docstring_of_its_own(args: type) -> None:
    assert args.__doc__
    assert not args.__doc__.startswith(f"{args.__name__}(")


def test_every_resource_has_a_component_for_a_parent(recording: Recording) -> None:
    tokens = {token(component) for component in COMPONENTS}
    by_urn = {one.urn: one for one in recording.resources}
    for resource in recording.resources:
        if resource.custom:
            assert by_urn[resource.parent].type in tokens, resource.urn


def test_children_carry_their_parents_name(recording: Recording) -> None:
    by_urn = {one.urn: one for one in recording.resources}
    for resource in recording.resources:
        parent = by_urn.get(resource.parent)
        if parent is not None:
            assert resource.name.startswith(f"{parent.name}-"), resource.urn


def test_names_are_unique_within_their_type(recording: Recording) -> None:
    urns = [one.urn for one in recording.resources]
    assert len(urns) == len(set(urns))


def takes_tags(resource: Registered) -> bool:
    package, module, name = resource.type.split(":")
    if package != "aws":
        return False
    kind = getattr(getattr(aws, module.split("/")[0]), name)
    return "tags" in inspect.signature(kind._internal_init).parameters


def test_every_resource_that_takes_tags_has_them(recording: Recording) -> None:
    taggable = [one for one in recording.resources if takes_tags(one)]
    assert len(taggable) > 30
    for resource in taggable:
        assert resource.tags.get("managed-by") == "groundwork", resource.urn
        assert resource.tags.get("Name") == resource.name


def test_two_builds_have_the_same_resources(production: Recording) -> None:
    again = record(run_program, as_config(stack_file("production")))
    assert {one.urn: one.inputs for one in again.resources} == {
        one.urn: one.inputs for one in production.resources
    }


def test_building_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a constructor opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    record(run_program, as_config(stack_file("production")))


def test_objects_in_the_cluster_use_the_clusters_own_provider(recording: Recording) -> None:
    (provider,) = recording.of_type("pulumi:providers:kubernetes")
    inside = [one for one in recording.resources if one.type.startswith("kubernetes:")]
    assert len(inside) >= 8
    assert all(one.provider.startswith(provider.urn) for one in inside)


def test_the_engine_protects_all_that_holds_state(recording: Recording) -> None:
    assert {one.type for one in recording.resources if one.protect} <= STATEFUL
    holding = [one for one in recording.resources if one.type in STATEFUL]
    assert len(holding) > 15
    assert all(one.protect for one in holding)


def test_logs_secrets_and_their_keys_outlive_a_destroy(recording: Recording) -> None:
    for suffix in (":LogGroup", "secret:Secret"):
        assert all(one.retain_on_delete for one in recording.of_type(suffix))
    kept = {one.name for one in recording.of_type("key:Key") if one.retain_on_delete}
    assert kept == {"application-secrets-encryption-key", "database-storage-key", "logs-key"}


@pytest.mark.parametrize("stack", STACKS)
def test_every_known_resource_is_there_under_its_name_or_an_alias(stack: str) -> None:
    """Under another name it is another resource: the known one would be deleted."""
    now = registered(stack)
    reached = now.keys() | {urn for aliases in now.values() for urn in aliases}
    lost = sorted(known(stack) - reached)
    assert not lost, f"deleted and made anew unless each gets an alias: {lost}"


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_is_known(stack: str) -> None:
    new = sorted(registered(stack).keys() - known(stack))
    assert not new, f"`python -m tests.unit.known_urns` adds {new}"


def test_an_alias_leads_from_a_known_name() -> None:
    args = EncryptionKeyArgs(account=EU, description="Anything")
    opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])
    before = record(lambda: EncryptionKey("old", args)).only(":EncryptionKey")
    after = record(lambda: EncryptionKey("new", args, opts)).only(":EncryptionKey")
    assert before.urn != after.urn
    assert before.urn in after.alias_urns
