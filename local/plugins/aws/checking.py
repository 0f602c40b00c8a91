"""``check``: names and defaults filled in, and everything that AWS would refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator

from local.plugins.aws.calls import Call, Update
from local.plugins.aws.entry import Entry, Name
from local.plugins.aws.parameters import Builder
from local.plugins.aws.rules import check_region, check_syntax
from local.plugins.aws.tagging import check_tags
from local.plugins.framework.failure import Failure
from local.plugins.framework.naming import automatic_name, prefixed_name
from local.plugins.framework.plugin import Checked, Properties
from local.plugins.framework.schema import Property, validate
from local.plugins.framework.values import UNKNOWN, Unknown, has_unknown


def check(entry: Entry, kind: Property, logical: str, old: Properties, new: Properties) -> Checked:
    """The inputs as they are stored, with the failures of what the program gave."""
    failures = list(validate(new, kind))
    if failures:
        return Checked(inputs=new, failures=tuple(failures))
    inputs = _filled(entry, logical, old, _documents_as_text(kind, new))
    failures += [*_unsupported(entry, new), *_model_failures(entry, inputs)]
    failures += check_syntax(inputs, kind, entry.comparison.documents)
    if entry.tags:
        failures += check_tags(inputs)
    for rule in (check_region, *entry.inputs.rules):
        failures += rule(inputs)
    distinct = {(failure.path, failure.reason): failure for failure in failures}
    return Checked(inputs=inputs, failures=tuple(distinct.values()))


def _documents_as_text(kind: Property, new: Properties) -> Properties:
    """Policies that the program wrote as objects become JSON, as they are kept in state."""
    inputs = dict(new)
    for key, value in new.items():
        if key in kind.fields and kind.fields[key].kind == "document" and isinstance(value, dict):
            inputs[key] = UNKNOWN if has_unknown(value) else json.dumps(value)
    return inputs


def _filled(entry: Entry, logical: str, old: Properties, new: Properties) -> Properties:
    inputs = {key: value for key, value in new.items() if value is not None}
    known = entry.inputs
    defaults = [key for key in known.defaults if key not in inputs]
    inputs |= {key: known.defaults[key] for key in defaults}
    if known.complete:
        inputs |= known.complete(inputs)
    name = entry.identity.name
    if name and name.property not in inputs:
        inputs[name.property] = _name(name, logical, old, inputs)
        defaults.append(name.property)
    if defaults:
        inputs["__defaults"] = sorted(defaults)
    return inputs


def _name(name: Name, logical: str, old: Properties, inputs: Properties) -> object:
    """The name of last time if it was automatic then too and still fits, else a new one."""
    prefix = inputs.get(f"{name.property}Prefix")
    last = old.get(name.property)
    if (
        last is not None
        and name.property in old.get("__defaults", [])
        and old.get(f"{name.property}Prefix") == prefix
    ):
        return last
    if isinstance(prefix, Unknown):
        return prefix
    if prefix is not None:
        return prefixed_name(prefix)
    longest = name.longest - len(name.start)
    return name.start + automatic_name(logical, longest=longest, lower=name.lower)


def _unsupported(entry: Entry, new: Properties) -> Iterator[Failure]:
    """Properties that no API call of the entry takes: ignoring them would be a lie."""
    name = entry.identity.name
    named = {name.property, f"{name.property}Prefix"} if name else set()
    taken = {"region", "tags", *named, *entry.inputs.defaults}
    taken |= entry.mutable | entry.create.prepared
    builder = Builder(entry, entry.create)
    for key in new:
        if key.startswith("__") or key in taken or builder.carries(key):
            continue
        yield Failure(path=(key,), reason="the local AWS plugin maps no API call to this property")


def _model_failures(entry: Entry, inputs: Properties) -> Iterator[Failure]:
    calls: list[Call] = [entry.create]
    for step in entry.updates:
        call = step if isinstance(step, Update) else step.judge
        if call:
            calls.append(call)
    for call in calls:
        builder = Builder(entry, call)
        builder.build(inputs)
        yield from builder.failures
