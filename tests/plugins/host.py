"""The engine's part of the provider protocol, as far as one resource at a time needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2 as wire
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from local.plugins.framework.plugin import Plugin
from local.plugins.framework.server import start
from local.plugins.framework.values import decode, encode, plain

REGION = "eu-west-1"


class RejectedError(Exception):
    """``check`` found failures; ``failures`` maps each property to its reason."""

    def __init__(self, failures: Mapping[str, str]) -> None:
        super().__init__("; ".join(failures.values()))
        self.failures = dict(failures)


@dataclass(frozen=True, kw_only=True)
class State:
    """A resource as a state file keeps it. Values hold ``Secret`` and ``UNKNOWN``."""

    type: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return plain(self.outputs[key])


@dataclass(frozen=True, kw_only=True)
class Diff:
    """The engine's view of a difference; ``kinds`` maps paths to names of ``PropertyDiff.Kind``."""

    kinds: dict[str, str] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    delete_first: bool = False

    def __bool__(self) -> bool:
        return bool(self.kinds)


class Host:
    """Speaks to one plugin."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub = stub

    def check(
        self, kind: str, name: str, inputs: Mapping[str, Any], old: State | None = None
    ) -> dict[str, Any]:
        """The checked inputs. Raises :class:`RejectedError`."""
        response = self.stub.Check(
            wire.CheckRequest(
                urn=_urn(kind, name),
                olds=encode(old.inputs) if old else None,
                news=encode(inputs),
                randomSeed=b"",
            )
        )
        if response.failures:
            reasons: dict[str, str] = {}
            for item in response.failures:
                reasons[item.property] = f"{reasons.get(item.property, '')} {item.reason}".strip()
            raise RejectedError(reasons)
        return decode(response.inputs)

    def create(
        self, kind: str, name: str, inputs: Mapping[str, Any], *, timeout: float = 0
    ) -> State:
        """A new object."""
        checked = self.check(kind, name, inputs)
        response = self.stub.Create(
            wire.CreateRequest(urn=_urn(kind, name), properties=encode(checked), timeout=timeout)
        )
        outputs = decode(response.properties)
        return State(type=kind, name=name, id=response.id, inputs=checked, outputs=outputs)

    def preview(self, kind: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs that a preview shows for a new resource."""
        checked = self.check(kind, name, inputs)
        response = self.stub.Create(
            wire.CreateRequest(urn=_urn(kind, name), properties=encode(checked), preview=True)
        )
        return decode(response.properties)

    def diff(self, state: State, inputs: Mapping[str, Any]) -> Diff:
        """What the program's ``inputs`` change about ``state``."""
        checked = self.check(state.type, state.name, inputs, state)
        response = self.stub.Diff(
            wire.DiffRequest(
                id=state.id,
                urn=_urn(state.type, state.name),
                olds=encode(state.outputs),
                old_inputs=encode(state.inputs),
                news=encode(checked),
            )
        )
        kinds = {
            path: wire.PropertyDiff.Kind.Name(item.kind)
            for path, item in response.detailedDiff.items()
        }
        return Diff(
            kinds=kinds,
            replaces=list(response.replaces),
            delete_first=response.deleteBeforeReplace,
        )

    def update(self, state: State, inputs: Mapping[str, Any], *, preview: bool = False) -> State:
        """The same object, changed in place."""
        checked = self.check(state.type, state.name, inputs, state)
        response = self.stub.Update(
            wire.UpdateRequest(
                id=state.id,
                urn=_urn(state.type, state.name),
                olds=encode(state.outputs),
                old_inputs=encode(state.inputs),
                news=encode(checked),
                preview=preview,
            )
        )
        outputs = decode(response.properties)
        return State(type=state.type, name=state.name, id=state.id, inputs=checked, outputs=outputs)

    def refresh(self, state: State) -> State | None:
        """The object as it is now; ``None`` if it is gone."""
        response = self.stub.Read(
            wire.ReadRequest(
                id=state.id,
                urn=_urn(state.type, state.name),
                properties=encode(state.outputs),
                inputs=encode(state.inputs),
            )
        )
        return _state(state.type, state.name, response)

    def read(self, kind: str, name: str, resource_id: str) -> State | None:
        """An import: the object with this id, of which nothing else is known."""
        request = wire.ReadRequest(id=resource_id, urn=_urn(kind, name))
        return _state(kind, name, self.stub.Read(request))

    def delete(self, state: State, *, timeout: float = 0) -> None:
        """Deletes the object."""
        self.stub.Delete(
            wire.DeleteRequest(
                id=state.id,
                urn=_urn(state.type, state.name),
                properties=encode(state.outputs),
                timeout=timeout,
            )
        )

    def invoke(self, token: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The result of a function."""
        request = wire.InvokeRequest(tok=token, args=encode(arguments or {}))
        return decode(getattr(self.stub.Invoke(request), "return"))


@contextmanager
def hosted(plugin: Plugin, settings: Mapping[str, Any]) -> Iterator[Host]:
    """``plugin`` served and configured, until the end of the block."""
    server, port = start(plugin)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(wire.ConfigureRequest(args=encode(settings), acceptSecrets=True))
            yield Host(stub)
    finally:
        plugin.stop()
        server.stop(grace=None).wait()


def half_made(kind: str, name: str, fault: grpc.RpcError) -> State:
    """The state that the engine keeps after a create that failed but left an object."""
    assert isinstance(fault, grpc.Call)
    metadata: Any = fault.trailing_metadata()
    status = status_pb2.Status.FromString(dict(metadata)["grpc-status-details-bin"])
    detail = wire.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    outputs = decode(detail.properties)
    return State(type=kind, name=name, id=detail.id, inputs=decode(detail.inputs), outputs=outputs)


def _urn(kind: str, name: str) -> str:
    return f"urn:pulumi:test::groundwork::{kind}::{name}"


def _state(kind: str, name: str, response: wire.ReadResponse) -> State | None:
    if not response.id:
        return None
    return State(
        type=kind,
        name=name,
        id=response.id,
        inputs=decode(response.inputs),
        outputs=decode(response.properties),
    )
