"""From what the API shows of an object to the outputs of its Pulumi resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.plugins.aws.calls import Read
from local.plugins.aws.entry import Entry
from local.plugins.aws.model import fold
from local.plugins.aws.scope import Scope
from local.plugins.aws.session import AwsError
from local.plugins.aws.tagging import read_tags, split_tags
from local.plugins.framework.plugin import Properties
from local.plugins.framework.schema import Property


def read_outputs(
    entry: Entry, scope: Scope, kind: Property, default_tags: Mapping[str, str]
) -> Properties | None:
    """The outputs of the object in ``scope`` as it is now; ``None`` if it is gone."""
    found = read_object(entry, scope)
    if found is None:
        return None
    outputs = to_outputs(found, kind, entry)
    for read in entry.outputs.more:
        outputs |= _read_more(entry, scope, read, kind)
    scope.state |= {name: value for name, value in outputs.items() if value is not None}
    for name, source in entry.outputs.values.items():
        is_text = "{" in source and "[?" not in source
        value = scope.render(source) if is_text else scope.search(source, found)
        outputs[name] = to_output(value, kind.fields[name], entry, name)
        if outputs[name] is not None:
            scope.state[name] = outputs[name]
    asked = {name: scope.search(source, found) for name, source in entry.outputs.asked.items()}
    scope.asked = {name: value for name, value in asked.items() if value}
    if entry.outputs.refine:
        outputs |= entry.outputs.refine(scope, found, outputs)
    if entry.tags:
        live = read_tags(scope, entry.tags, found)
        own = scope.prior.get("tags") or {}
        outputs["tags"] = split_tags(live, own, default_tags)
        outputs["tagsAll"] = live
    if "region" in kind.fields:
        outputs["region"] = scope.region
    return {name: value for name, value in outputs.items() if value is not None}


def _read_more(entry: Entry, scope: Scope, read: Read, kind: Property) -> Properties:
    """The properties that one more call shows."""
    found = _show(scope, read)
    outputs: Properties = {}
    for name, expression in read.into.items():
        value = scope.search(expression, found)
        if name == "*":
            outputs |= to_outputs(value, kind, entry)
        else:
            outputs[name] = to_output(value, kind.fields[name], entry, name)
    return outputs


def read_object(entry: Entry, scope: Scope) -> Any:
    """The raw description of the object; ``None`` if it is gone."""
    try:
        return _show(scope, entry.read)
    except AwsError as fault:
        if fault.not_found:
            return None
        raise


def _show(scope: Scope, read: Read) -> Any:
    response = scope.call(read.operation, **scope.render(read.fixed))
    found = scope.search(read.at, response)
    return found or None


def to_outputs(found: Any, kind: Property, entry: Entry, pattern: str = "") -> Properties:
    """The properties of ``kind`` that ``found`` has members for."""
    if not isinstance(found, Mapping):
        return {}
    members = {fold(name): name for name in found}
    outputs: Properties = {}
    for name, field in kind.fields.items():
        deeper = f"{pattern}.{name}" if pattern else name
        for wanted in (fold(entry.names.get(deeper, name)), fold(name)):
            if wanted in members:
                outputs[name] = to_output(found[members[wanted]], field, entry, deeper)
                break
    return {name: value for name, value in outputs.items() if value is not None}


def to_output(value: Any, kind: Property, entry: Entry, pattern: str) -> Any:
    """One value in the type that the SDK declares for it."""
    if value is None:
        return None
    match kind.kind:
        case "object":
            value = value[0] if isinstance(value, list) and value else value
            return to_outputs(value, kind, entry, pattern) or None
        case "array":
            items = value if isinstance(value, list) else [value]
            return [to_output(item, kind.element, entry, pattern) for item in items]
        case "map" if isinstance(value, list):
            return {tag["Key"]: tag["Value"] for tag in value}
        case "map":
            return dict(value)
        case _:
            return _scalar(value, kind)


def _scalar(value: Any, kind: Property) -> Any:
    if isinstance(value, Mapping) and set(value) == {"Value"}:
        value = value["Value"]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if kind.kind in ("string", "document"):
        if isinstance(value, Mapping | list):
            return json.dumps(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)
    if kind.kind == "integer" and isinstance(value, int | float | str):
        return int(value)
    if kind.kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    return value
