"""The calls that create an object and change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.plugins.aws.calls import Call, Step, Update
from local.plugins.aws.entry import Entry
from local.plugins.aws.parameters import Builder
from local.plugins.aws.scope import Scope
from local.plugins.aws.session import AwsError
from local.plugins.aws.tagging import create_parameters, write_tags
from local.plugins.framework.failure import ProviderError
from local.plugins.framework.plugin import Properties
from local.plugins.framework.schema import Property
from local.plugins.framework.values import dotted

_EMPTY: Mapping[str, Any] = {
    "string": "",
    "document": "",
    "boolean": False,
    "array": [],
    "map": {},
    "object": {},
    "integer": 0,
    "number": 0,
}


def create(entry: Entry, scope: Scope, inputs: Properties, all_tags: Mapping[str, str]) -> str:
    """Makes the object and returns its id."""
    if entry.create.adopt:
        return entry.create.adopt(scope)
    extra = create_parameters(entry.tags, all_tags) if entry.tags else {}
    if entry.create.prepare:
        extra |= entry.create.prepare(inputs)
    response = send(entry, scope, entry.create, inputs, extra)
    if response.get("Unsuccessful"):
        raise AwsError(f"{scope.target}: {entry.create.operation}: {response['Unsuccessful']}")
    form = entry.identity.id
    if callable(form):
        return form(scope)
    if "{" in form:
        return str(scope.render(form))
    found = scope.search(form, response)
    if not found:
        raise AwsError(f"{scope.target}: {entry.create.operation} returned no {form}")
    return str(found)


def finish(entry: Entry, scope: Scope, inputs: Properties, all_tags: Mapping[str, str]) -> None:
    """The calls that a new object needs beside the create call."""
    for step in entry.updates:
        if isinstance(step, Step) and step.always:
            step.run(scope, {}, inputs)
        if not step.after_create:
            continue
        wanted = {
            key
            for key in step.takes or ()
            if inputs.get(key) is not None and inputs[key] != entry.inputs.defaults.get(key)
        }
        if wanted:
            apply(entry, scope, step, {}, inputs, wanted, None)
    if entry.tags and (entry.tags.create is None or entry.create.adopt):
        write_tags(scope, entry.tags, {}, all_tags)


def apply(
    entry: Entry,
    scope: Scope,
    step: Update | Step,
    old: Properties,
    new: Properties,
    changed: set[str],
    kind: Property | None,
) -> None:
    """Makes one update of the properties in ``changed``; dropped ones become empty."""
    if isinstance(step, Step):
        step.run(scope, old, new)
        return
    sent = (step.takes or frozenset()) if step.whole else changed
    values = {key: new.get(key) for key in sent}
    if kind is not None and not step.drops:
        for key in changed:
            if values[key] is None:
                empty = _EMPTY[kind.fields[key].kind]
                values[key] = step.cleared.get(key, empty)
    groups = [{key: values[key]} for key in sorted(values)] if step.each else [values]
    for group in groups:
        send(entry, scope, step, group)


def send(
    entry: Entry,
    scope: Scope,
    call: Call,
    properties: Properties,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Makes a call with what it takes of ``properties``. Raises ``ProviderError`` if AWS would."""
    builder = Builder(entry, call)
    parameters = builder.build(properties)
    if builder.failures:
        failure = builder.failures[0]
        where = f"{scope.target}: {dotted(failure.path)}"
        raise ProviderError(f"{where}: {failure.render(secret=False)}")
    return scope.call(call.operation, **scope.render(call.fixed), **parameters, **(extra or {}))
