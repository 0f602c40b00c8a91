"""The gRPC face of a plugin: wire values, secret marks, detailed diffs, errors."""

from __future__ import annotations

import functools
import json
import logging
import traceback
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc, status_pb2
from pulumi.runtime.proto import provider_pb2 as wire

from local.plugins.framework.failure import Failure, PartlyCreatedError, ProviderError
from local.plugins.framework.plugin import Change, Plugin, Properties, Resource, Target
from local.plugins.framework.values import (
    decode,
    dotted,
    encode,
    is_secret,
    mark,
    mark_copies,
    mark_keys,
    plain,
    secret_texts,
)

log = logging.getLogger(__name__)

# Shorter ones are in every text, and tell nothing.
_SHORTEST_SCRUBBED = 3
_KINDS = {
    ("add", False): wire.PropertyDiff.ADD,
    ("add", True): wire.PropertyDiff.ADD_REPLACE,
    ("delete", False): wire.PropertyDiff.DELETE,
    ("delete", True): wire.PropertyDiff.DELETE_REPLACE,
    ("update", False): wire.PropertyDiff.UPDATE,
    ("update", True): wire.PropertyDiff.UPDATE_REPLACE,
}


def _answers(method: Callable[..., Any]) -> Callable[..., Any]:
    """Turns every fault into a gRPC status whose text holds no secret of the request."""

    @functools.wraps(method)
    def call(self: Servicer, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request)
        except ProviderError as fault:
            _abort(request, context, fault)
        except Exception as fault:  # noqa: BLE001
            # A fault of the plugin itself: the engine must hear of it, not see a broken pipe.
            log.error("%s", _scrub(traceback.format_exc(), _secret_source(request)))
            _abort(request, context, ProviderError(f"{type(fault).__name__}: {fault}"))

    return call


def _abort(request: Any, context: grpc.ServicerContext, fault: ProviderError) -> NoReturn:
    given = _secret_source(request)
    text = _scrub(str(fault), given)
    if isinstance(fault, PartlyCreatedError):
        detail = wire.ErrorResourceInitFailed(
            id=fault.resource_id,
            properties=encode(mark(fault.outputs, given)),
            reasons=[text],
            inputs=encode(given),
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
        status.details.add().Pack(detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, text)


def _secret_source(request: Any) -> Properties:
    """All properties of a request, for their secret marks."""
    found: Properties = {}
    for name in ("olds", "old_inputs", "inputs", "args", "properties", "news"):
        if name in request.DESCRIPTOR.fields_by_name:
            found |= decode(getattr(request, name))
    return found


def _scrub(text: str, given: Properties) -> str:
    for secret in sorted(set(secret_texts(given)), key=len, reverse=True):
        if len(secret) >= _SHORTEST_SCRUBBED:
            text = text.replace(secret, "[secret]")
            text = text.replace(json.dumps(secret)[1:-1], "[secret]")
    return text


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one :class:`Plugin`. Secrets are unwrapped on the way in and marked on the way out."""

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin

    @_answers
    def Handshake(self, request: Any) -> wire.ProviderHandshakeResponse:  # noqa: N802
        return wire.ProviderHandshakeResponse(accept_secrets=True)

    @_answers
    def GetPluginInfo(self, request: Any) -> plugin_pb2.PluginInfo:  # noqa: N802
        return plugin_pb2.PluginInfo(version=self.plugin.version)

    @_answers
    def Attach(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        return empty_pb2.Empty()

    @_answers
    def GetSchema(self, request: Any) -> wire.GetSchemaResponse:  # noqa: N802
        schema = {"name": self.plugin.name, "version": self.plugin.version}
        return wire.GetSchemaResponse(schema=json.dumps(schema))

    @_answers
    def CheckConfig(self, request: wire.CheckRequest) -> wire.CheckResponse:  # noqa: N802
        news = decode(request.news)
        failures = self.plugin.check_config(plain(news))
        return wire.CheckResponse(inputs=encode(news), failures=_failures(failures, news))

    @_answers
    def DiffConfig(self, request: wire.DiffRequest) -> wire.DiffResponse:  # noqa: N802
        # A resource compares its own region and tags with its state, so a changed provider never
        # has to be replaced as a whole. But without a difference the engine goes on with the old.
        same = decode(request.old_inputs) == decode(request.news)
        changes = wire.DiffResponse.DIFF_NONE if same else wire.DiffResponse.DIFF_SOME
        return wire.DiffResponse(changes=changes)

    @_answers
    def Configure(self, request: wire.ConfigureRequest) -> wire.ConfigureResponse:  # noqa: N802
        self.plugin.configure(plain(decode(request.args)))
        return wire.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_answers
    def Invoke(self, request: wire.InvokeRequest) -> wire.InvokeResponse:  # noqa: N802
        result = self.plugin.invoke(request.tok, plain(decode(request.args)))
        response = wire.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(result))
        return response

    @_answers
    def Check(self, request: wire.CheckRequest) -> wire.CheckResponse:  # noqa: N802
        target, resource = self._resource(request)
        news = decode(request.news)
        checked = resource.check(target, plain(decode(request.olds)), plain(news))
        inputs = mark_keys(mark(checked.inputs, news), resource.secrets)
        return wire.CheckResponse(
            inputs=encode(inputs), failures=_failures(checked.failures, inputs | news)
        )

    @_answers
    def Diff(self, request: wire.DiffRequest) -> wire.DiffResponse:  # noqa: N802
        target, resource = self._resource(request)
        olds = plain(decode(request.olds))
        old_inputs = plain(decode(request.old_inputs))
        found = resource.diff(target, old_inputs, olds, plain(decode(request.news)))
        return wire.DiffResponse(
            changes=wire.DiffResponse.DIFF_SOME if found.changes else wire.DiffResponse.DIFF_NONE,
            replaces=_roots(change for change in found.changes if change.replaces),
            diffs=_roots(found.changes),
            detailedDiff={
                dotted(change.path): wire.PropertyDiff(
                    kind=_KINDS[change.kind, change.replaces], inputDiff=True
                )
                for change in found.changes
            },
            hasDetailedDiff=True,
            deleteBeforeReplace=found.delete_first,
        )

    @_answers
    def Create(self, request: wire.CreateRequest) -> wire.CreateResponse:  # noqa: N802
        target, resource = self._resource(request)
        inputs = decode(request.properties)
        if request.preview:
            outputs = resource.preview(target, {}, plain(inputs))
            return wire.CreateResponse(properties=_outputs(outputs, inputs, resource))
        resource_id, outputs = resource.create(target, plain(inputs))
        return wire.CreateResponse(id=resource_id, properties=_outputs(outputs, inputs, resource))

    @_answers
    def Read(self, request: wire.ReadRequest) -> wire.ReadResponse:  # noqa: N802
        target, resource = self._resource(request)
        inputs, outputs = decode(request.inputs), decode(request.properties)
        found = resource.read(target, request.id, plain(inputs), plain(outputs))
        if found is None:
            return wire.ReadResponse()
        return wire.ReadResponse(
            id=found.id,
            inputs=_outputs(found.inputs, inputs, resource),
            properties=_outputs(found.outputs, outputs | inputs, resource),
        )

    @_answers
    def Update(self, request: wire.UpdateRequest) -> wire.UpdateResponse:  # noqa: N802
        target, resource = self._resource(request)
        olds, news = decode(request.olds), decode(request.news)
        if request.preview:
            outputs = resource.preview(target, plain(olds), plain(news))
        else:
            old_inputs = plain(decode(request.old_inputs))
            outputs = resource.update(target, request.id, old_inputs, plain(olds), plain(news))
        return wire.UpdateResponse(properties=_outputs(outputs, olds | news, resource))

    @_answers
    def Delete(self, request: wire.DeleteRequest) -> empty_pb2.Empty:  # noqa: N802
        target, resource = self._resource(request)
        resource.delete(target, request.id, plain(decode(request.properties)))
        return empty_pb2.Empty()

    @_answers
    def Cancel(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        self.plugin.stop()
        return empty_pb2.Empty()

    def _resource(self, request: Any) -> tuple[Target, Resource]:
        urn = request.urn.split("::")
        kind = request.type or urn[2].rpartition("$")[2]
        timeout = getattr(request, "timeout", 0.0)
        target = Target(type=kind, name=request.name or urn[3], timeout=timeout)
        if kind not in self.plugin.resources:
            known = ", ".join(sorted(self.plugin.resources))
            raise ProviderError(
                f"the local plugin {self.plugin.name!r} does not know the resource type {kind} "
                f"(of {target.name!r}); it knows {known}"
            )
        return target, self.plugin.resources[kind]


def _outputs(outputs: Properties, like: Properties, resource: Resource) -> Any:
    texts = frozenset(text for text in secret_texts(like) if text)
    return encode(mark_keys(mark_copies(mark(outputs, like), texts), resource.secrets))


def _failures(failures: Iterable[Failure], given: Properties) -> list[wire.CheckFailure]:
    return [
        wire.CheckFailure(
            property=dotted(failure.path),
            reason=_scrub(
                f"{dotted(failure.path)}: {failure.render(secret=is_secret(given, failure.path))}",
                given,
            ),
        )
        for failure in failures
    ]


def _roots(changes: Iterable[Change]) -> list[str]:
    return list(dict.fromkeys(str(change.path[0]) for change in changes))
