"""Bringing what was read together with what the program said, so that only drift differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.plugins.aws.entry import Entry
from local.plugins.aws.planning import given
from local.plugins.framework.plugin import Properties
from local.plugins.framework.schema import Property


def settled_outputs(entry: Entry, prior: Properties, live: Properties) -> Properties:
    """``live`` with what no API reports, and spelled as in ``prior`` where both mean the same."""
    known = given(prior)
    kept = {key: known[key] for key in entry.inputs.flags | entry.outputs.unread if key in known}
    merged = entry.comparison.settle(known, kept | live)
    for path in entry.outputs.unread:
        first, _, rest = path.partition(".")
        if rest and known.get(first) and merged.get(first):
            merged[first] = _keep(merged[first], known[first], rest.split("."))
    return merged


def _keep(live: Any, prior: Any, path: list[str]) -> Any:
    """``live`` with the value that ``prior`` has at ``path``."""
    if not isinstance(live, Mapping) or not isinstance(prior, Mapping) or path[0] not in prior:
        return live
    if len(path) == 1:
        return {**live, path[0]: prior[path[0]]}
    return {**live, path[0]: _keep(live.get(path[0]), prior[path[0]], path[1:])}


def input_part(value: Any, prior: Any, kind: Property) -> Any:
    """``value`` without the nested properties that the program left to AWS."""
    if kind.kind == "object" and isinstance(value, Mapping) and isinstance(prior, Mapping):
        return {
            key: input_part(value[key], prior[key], kind.fields[key])
            for key in prior
            if key in value and key in kind.fields
        }
    if not isinstance(value, list) or not isinstance(prior, list) or len(value) != len(prior):
        return value
    pairs = zip(value, prior, strict=True)
    return [input_part(item, before, kind.element) for item, before in pairs]


def live_inputs(
    entry: Entry, kind: Property, prior: Properties, live: Properties, home_region: str
) -> Properties:
    """The inputs that describe the live object. Without ``prior`` (an import), all of them."""
    found: Properties = {}
    for key, field in kind.fields.items():
        value = live.get(key)
        if key in prior:
            found[key] = input_part(value, prior[key], field)
        elif _is_worth_showing(entry, key, value, refreshed=bool(prior), home_region=home_region):
            found[key] = _for_import(value, field, entry.inputs.unimported, key)
    if "__defaults" in prior:
        found["__defaults"] = prior["__defaults"]
    return entry.comparison.settle(prior, {k: v for k, v in found.items() if v is not None})


def _is_worth_showing(
    entry: Entry, key: str, value: Any, *, refreshed: bool, home_region: str
) -> bool:
    """Whether a property that the program did not set tells of drift, or belongs to an import."""
    if value in (None, "", [], {}):
        return False
    if key == "region":
        return not refreshed and value != home_region
    name = entry.identity.name
    if key in entry.inputs.unimported or (name and key == f"{name.property}Prefix"):
        return False
    if key not in entry.inputs.defaults and value in (False, 0):
        return False  # what an unset switch or number is anyway
    return not refreshed or key not in entry.inputs.computed


def _for_import(value: Any, kind: Property, unimported: frozenset[str], path: str) -> Any:
    """``value`` without the nested properties that an import leaves out."""
    if kind.kind == "object" and isinstance(value, Mapping):
        return {
            key: _for_import(item, kind.fields[key], unimported, f"{path}.{key}")
            for key, item in value.items()
            if key in kind.fields and f"{path}.{key}" not in unimported
        }
    if kind.kind == "array" and isinstance(value, list):
        return [_for_import(item, kind.element, unimported, path) for item in value]
    return value
