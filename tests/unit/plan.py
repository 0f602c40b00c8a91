"""What a changed stack file does to each resource, as the plugin's own comparison says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache, partial
from typing import Any
from unittest.mock import patch

from pulumi.runtime import mocks

from local.plugins.aws.provider import AwsPlugin
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Plugin, Target
from local.plugins.framework.values import Path
from local.plugins.random.__main__ import random_plugin
from tests.unit.program import run_program
from tests.unit.recording import Answers, Recording, record
from tests.unit.stack_files import as_config

Plan = dict[str, set[str]]
# Of an object in Kubernetes and of a Helm release, these are the identity.
IDENTITY = {("metadata", "name"), ("metadata", "namespace"), ("name",), ("namespace",)}
TAGS = ("tags.", "tagsAll.")


@cache
def plugins() -> Mapping[str, Plugin]:
    """The plugins that say what a difference does, by the first part of a type."""
    aws = AwsPlugin()
    # To compare, it calls nobody.
    with patch.dict("os.environ", AWS_ENDPOINT_URL="http://127.0.0.1:1"):
        aws.configure({"region": "eu-west-1"})
    return {"aws": aws, "random": random_plugin()}


def plan(before: Recording, values: Mapping[str, Any]) -> Plan:
    """What a stack file adds and deletes, as `type name`, and what properties of others it changes:
    those that need no new object (`updates`) and those that do (`replaces`), as `type name
    property`.
    """
    found: Plan = defaultdict(set)
    after = record(run_program, as_config(dict(values)), answers=partial(_Planner, before, found))
    found["deletes"] = {_label(*key) for key in before.states.keys() - after.states.keys()}
    _follow_aliases(before, after, found)
    shown = {how: {one for one in names if one} for how, names in found.items()}
    return {how: names for how, names in shown.items() if names}


def _follow_aliases(before: Recording, after: Recording, found: Plan) -> None:
    """A resource that is there under another name is neither added nor deleted."""
    there = {one.urn: _label(one.type, one.name) for one in before.resources if one.custom}
    for one in after.resources:
        label = _label(one.type, one.name)
        gone = {there[urn] for urn in one.alias_urns if urn in there} & found["deletes"]
        if gone and label in found["adds"]:
            found["deletes"] -= gone
            found["adds"].remove(label)
            found["updates"].add(f"{label} tags.Name")


class _Planner(Answers):
    """Gives a replaced resource another id and other outputs, for those that depend on it."""

    def __init__(
        self, before: Recording, found: Plan, recording: Recording, partition: str
    ) -> None:
        super().__init__(recording, partition)
        self.before = before
        self.found = found

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        identity, state = super().new_resource(args)
        label, old = _label(args.typ, args.name), self.before.states.get((args.typ, args.name))
        if old is None:
            self.found["adds"].add(label)
            return identity, state
        changes = self._changes(args, old)
        for key, replaces in changes.items():
            self.found["replaces" if replaces else "updates"].add(label and f"{label} {key}")
        if any(changes.values()):
            identity += "-new"
        # A template's changes are another version of it, but for its own tags.
        template = args.typ.endswith(":LaunchTemplate")
        version = template and not all(path.startswith(TAGS) for path in changes)
        if any(changes.values()) or version:
            state |= {key: _other(value) for key, value in state.items() if key not in args.inputs}
        return identity, state

    def _changes(self, args: mocks.MockResourceArgs, old: Mapping[str, Any]) -> dict[str, bool]:
        """The properties that differ, and whether that needs a new object."""
        (before,) = [r for r in self.before.resources if (r.type, r.name) == (args.typ, args.name)]
        inputs = {key: old[key] for key in before.inputs if key in old}
        if inputs == args.inputs:
            return {}
        plugin = plugins().get(args.typ.partition(":")[0])
        if plugin is None:
            paths = [path for path, _ in Comparison().changes(inputs, args.inputs)]
            return {_dotted(path): _is_identity(args.typ, path) for path in paths}
        target = Target(type=args.typ, name=args.name)
        outputs = {**old, "tagsAll": old.get("tags", {})}
        difference = plugin.resources[args.typ].diff(target, inputs, outputs, dict(args.inputs))
        return {_dotted(change.path): change.replaces for change in difference.changes}


def _is_identity(kind: str, path: Path) -> bool:
    """Whether Kubernetes knows it as another object then, or takes no change of it."""
    return path in IDENTITY or (kind == "kubernetes:batch/v1:Job" and path[0] == "spec")


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _other(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value}-new"
    return value + 1 if isinstance(value, int | float) else value


def _label(kind: str, name: str) -> str:
    """`eks.NodeGroup cluster-nodes-general-group`; empty for what stands for no object."""
    package, module, last = kind.split(":")
    if package in ("pulumi", "groundwork"):
        return ""
    return f"{module.partition('/')[0]}.{last} {name}" if package == "aws" else f"{last} {name}"
