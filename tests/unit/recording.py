"""A recording stand-in for the Pulumi engine: what a program registers, without any provider."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime import mocks, rpc, set_all_config
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

ACCOUNT = "123456789012"
INVOKES = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployment/session",
    },
    "aws:iam/getSessionContext:getSessionContext": {
        "issuerArn": f"arn:aws:iam::{ACCOUNT}:role/ci/deployment"
    },
    # An account that has nothing of the kind.
    "aws:cloudwatch/getLogGroups:getLogGroups": {"logGroupNames": [], "arns": []},
    "aws:secretsmanager/getSecrets:getSecrets": {"names": [], "arns": []},
    # A stack that was never deployed.
    "pulumi:pulumi:readStackOutputs": {"outputs": {}},
}
# What a provider adds to the inputs, where a program reads it.
PROVIDED: dict[str, dict[str, Any]] = {
    "aws:ec2/eip:Eip": {"allocationId": "eipalloc-1", "publicIp": "192.0.2.1"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://cluster.example",
        "certificateAuthority": {"data": "Q0E="},
        "vpcConfig": {"clusterSecurityGroupId": "sg-cluster"},
    },
    "aws:eks/nodeGroup:NodeGroup": {"nodeGroupName": "nodes-1"},
    "aws:rds/instance:Instance": {
        "address": "database.example",
        "masterUserSecrets": [{"secretArn": "arn:aws:secretsmanager:::secret:rds"}],
    },
    "random:index/randomId:RandomId": {"hex": "0a1b2c3d"},
    "pulumi-python:dynamic/migration:BackfillRun": {"updated": {}, "remaining": {}},
    "pulumi-python:dynamic/migration:AlembicRun": {
        "revision": "a2c95e07b4d1",
        "previous_revision": "8d4f93a6e715",
        "applied": [],
    },
}


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A resource as the engine was told of it."""

    type: str
    name: str
    urn: str
    parent: str
    custom: bool
    protect: bool
    delete_before_replace: bool
    retain_on_delete: bool
    import_id: str
    provider: str
    aliases: list[str]
    timeouts: dict[str, str]
    dependencies: frozenset[str]
    alias_urns: frozenset[str]
    inputs: dict[str, Any]

    @property
    def tags(self) -> dict[str, str]:
        """Its tags; empty if it has none."""
        return self.inputs.get("tags", {})


@dataclass(kw_only=True)
class Recording:
    """All that a program did. `states`: the outputs of each resource, by type and name."""

    resources: list[Registered] = field(default_factory=list)
    lookups: list[mocks.MockCallArgs] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    """What it told the user: severity and text."""
    states: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def of_type(self, suffix: str) -> list[Registered]:
        """The resources whose type ends so, such as `:Subnet`."""
        return [one for one in self.resources if one.type.endswith(suffix)]

    def only(self, suffix: str) -> Registered:
        """The one resource whose type ends so."""
        (resource,) = self.of_type(suffix)
        return resource

    def named(self, name: str) -> Registered:
        """The one custom resource of this name."""
        (resource,) = [one for one in self.resources if one.name == name and one.custom]
        return resource

    def needs(self, one: Registered, other: Registered) -> bool:
        """Whether one waits for another, at any remove: then a destroy takes it first."""
        by_urn = {each.urn: each for each in self.resources}
        seen: set[str] = set()
        left = [one]
        while left:
            for urn in left.pop().dependencies - seen:
                seen.add(urn)
                left.append(by_urn[urn])
        return other.urn in seen

    def exports(self) -> dict[str, Any]:
        """The stack's outputs."""
        return self.outputs["urn:pulumi:test::groundwork::pulumi:pulumi:Stack::groundwork-test"]


class Answers(mocks.Mocks):
    """What providers answer: the inputs, and what a program reads beside them."""

    def __init__(self, recording: Recording, partition: str) -> None:
        self.recording = recording
        self._partition = partition

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        state = dict(args.inputs)
        if args.custom:
            state.setdefault("arn", f"arn:{self._partition}:mock:::{args.name}")
            state.setdefault("name", args.name)
            state.setdefault("keyId", f"key-{args.name}")
            for key, value in self._here(PROVIDED.get(args.typ, {})).items():
                merged = {**state.get(key, {}), **value} if isinstance(value, dict) else value
                state[key] = merged
        self.recording.states[args.typ, args.name] = state
        return f"{args.name}-id", state

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        self.recording.lookups.append(args)
        if args.token not in INVOKES:
            raise AssertionError(f"the program calls {args.token}, which no test expects")
        return self._here(INVOKES[args.token]), []

    def _here(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer with the ARNs of the partition."""
        return json.loads(json.dumps(answer).replace("arn:aws:", f"arn:{self._partition}:"))


class _Engine(mocks.MockEngine):
    def __init__(self, recording: Recording) -> None:
        super().__init__(None)
        self.recording = recording

    def Log(self, request: Any) -> Any:  # noqa: N802 the SDK's name
        severity = engine_pb2.LogSeverity.Name(request.severity).lower()
        self.recording.said.append((severity, request.message))
        return super().Log(request)


class _Monitor(mocks.MockMonitor):
    def __init__(self, answers: Answers) -> None:
        super().__init__(answers)
        self.recording = answers.recording

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine makes it, with the types of all ancestors but the stack."""
        ancestors = parent.split("::")[2] if parent else "pulumi:pulumi:Stack"
        chain = type_ if ancestors == "pulumi:pulumi:Stack" else f"{ancestors}${type_}"
        return f"urn:pulumi:test::groundwork::{chain}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the SDK's name
        response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            self.recording.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    urn=response.urn,
                    parent=request.parent,
                    custom=request.custom,
                    protect=request.protect,
                    delete_before_replace=request.deleteBeforeReplace,
                    retain_on_delete=request.retainOnDelete,
                    import_id=request.importId,
                    provider=request.provider,
                    aliases=[one.spec.name for one in request.aliases],
                    timeouts={
                        field.name: value for field, value in request.customTimeouts.ListFields()
                    },
                    dependencies=frozenset(request.dependencies),
                    alias_urns=frozenset(self._alias_urns(request)),
                    inputs=rpc.deserialize_properties(request.object),
                )
            )
        return response

    def _alias_urns(self, request: Any) -> Iterator[str]:
        """The URNs under which the engine takes an existing resource for this one."""
        yield from request.aliasURNs
        for alias in request.aliases:
            spec = alias.spec
            parent = "" if spec.noParent else spec.parentUrn or request.parent
            yield alias.urn or self.make_urn(
                parent, spec.type or request.type, spec.name or request.name
            )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 the SDK's name
        outputs = rpc.deserialize_properties(request.outputs)
        self.recording.outputs[request.urn] = outputs
        return super().RegisterResourceOutputs(request)


def record(
    program: Callable[[], object],
    config: Mapping[str, str] | None = None,
    *,
    preview: bool = False,
    partition: str = "aws",
    answers: Callable[[Recording, str], Answers] = Answers,
) -> Recording:
    """Run a program as Pulumi does, to its end; its errors come through.

    `partition`: of the account that answers.
    """
    return contextvars.copy_context().run(
        _record, program, dict(config or {}), preview, partition, answers
    )


def _record(
    program: Callable[[], object],
    config: dict[str, str],
    preview: bool,
    partition: str,
    answers: Callable[[Recording, str], Answers],
) -> Recording:
    recording = Recording()
    monitor = _Monitor(answers(recording, partition))
    # What pulumi.runtime.set_mocks does, without a stack of its own: the stack that run_in_stack
    # makes has the program's outputs.
    configure(
        mocks.MockSettings(
            monitor=monitor,
            monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),
            engine=_Engine(recording),
            project="groundwork",
            stack="test",
            dry_run=preview,
            organization=None,
            callbacks=None,
        )
    )
    set_all_config(config)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def run() -> None:
        program()

    try:
        loop.run_until_complete(run_in_stack(run))
    finally:
        loop.close()
    return recording
