"""What a creation that was cut off has made."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from local.plugins.aws import waiting
from local.plugins.aws.planning import given
from local.plugins.aws.resource import AwsResource
from local.plugins.aws.scope import Scope
from local.plugins.aws.session import AwsError
from local.plugins.framework.failure import ProviderError
from local.plugins.framework.plugin import Found, Properties, Target


def find(
    resource: AwsResource, target: Target, inputs: Properties, known: Collection[str] = ()
) -> list[Found]:
    """The objects that a creation with these inputs may have made, once they are ready.

    Each is there, bears no other tags than it would have, and becomes what the program wants
    without being replaced. More than one leaves open which it is. ``known`` are ids that cannot
    be it. Raises ``ProviderError`` where AWS does not answer, and if one is not ready in time.
    """
    found = []
    for candidate in _candidates(resource, target, inputs):
        imported = resource.read(target, candidate, inputs, {})
        if imported is None or imported.id in known:
            continue
        # What no API shows is as the program has it: with an import's defaults in its place, a
        # cluster would have to be replaced.
        one = resource.read(target, imported.id, inputs, given(inputs))
        if one is None or not _fits(resource, target, inputs, one):
            continue
        if resource.entry.wait:
            waiting.until_ready(resource.entry, _scope(resource, target, one.outputs, one.id))
            one = resource.read(target, imported.id, inputs, given(inputs)) or one
        found.append(one)
    return found


def _candidates(resource: AwsResource, target: Target, inputs: Properties) -> list[str]:
    """The ids under which `pulumi import` would look; whether anything is there is open."""
    identity = resource.entry.identity
    source = identity.pending or identity.import_id or identity.id
    scope = _scope(resource, target, inputs)
    try:
        if isinstance(source, str):
            return [str(scope.render(source))] if "{" in source else []
        if callable(source):
            return list(source(scope)) if source is identity.pending else []  # pyright: ignore[reportArgumentType]
        response = scope.call(source.operation, **scope.render(source.fixed))
    except AwsError as fault:
        if fault.not_found:
            return []
        raise
    except ProviderError:  # the inputs do not have what tells the object from others
        return []
    ids: Any = scope.search(source.at, response) or []
    return [ids] if isinstance(ids, str) else list(ids)


def _fits(resource: AwsResource, target: Target, inputs: Properties, found: Found) -> bool:
    tags = found.outputs.get("tagsAll") or {}
    wanted = inputs.get("tagsAll") or inputs.get("tags") or {}
    # One of that name without any tags stands in the way of a creation, whoever made it.
    if tags and any(tags.get(key) != value for key, value in wanted.items()):
        return False
    difference = resource.diff(target, found.inputs, found.outputs, inputs)
    return not any(change.replaces for change in difference.changes)


def _scope(
    resource: AwsResource, target: Target, properties: Properties, resource_id: str = ""
) -> Scope:
    session = resource.session()
    state = given(properties)
    return Scope(
        session=session,
        service=resource.entry.service,
        target=target,
        region=properties.get("region") or session.region,
        state={**state, "id": resource_id} if resource_id else state,
    )
