"""What a program's inputs change about an object, and what of it needs a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local.plugins.aws.entry import Entry
from local.plugins.framework.plugin import Change, Properties
from local.plugins.framework.schema import Property
from local.plugins.framework.values import Path


def given(properties: Properties) -> Properties:
    """``properties`` without bookkeeping and without what is not set."""
    return {
        key: value
        for key, value in properties.items()
        if not key.startswith("__") and value is not None
    }


def input_changes(
    entry: Entry, old: Properties, outputs: Properties, new: Properties
) -> Iterator[Change]:
    """Differences of inputs, except the region's, which may come from the provider.

    An input that is new in the program and says what the object is already is no difference.
    """
    for path, kind in entry.comparison.changes(given(old), given(new)):
        root = str(path[0])
        dropped = kind == "delete" and _dotted(path) & entry.inputs.computed
        if kind == "add" and entry.comparison.same(_at(outputs, path), _at(new, path), path):
            continue
        if root == "region" or dropped or (root in entry.inputs.computed and new.get(root) is None):
            continue
        yield Change(path=path, kind=kind, replaces=_replaces(entry, path))


def tag_changes(entry: Entry, live: Any, wanted: Any) -> Iterator[Change]:
    """Differences of all tags, the provider's default tags among them."""
    for path, kind in entry.comparison.changes(live or {}, wanted, ("tagsAll",)):
        yield Change(path=path, kind=kind, replaces=False)


def deletes_first(entry: Entry, new: Properties) -> bool:
    """Whether a replaced object goes before its replacement comes.

    As in the real provider, which asks only whether the program gives a name that could be
    automatic. Whatever else AWS allows one object for, the program has to see to.
    """
    name = entry.identity.name
    named = name and name.property not in new.get("__defaults", [])
    return entry.replacement.delete_first or bool(named)


def preview_outputs(
    entry: Entry,
    inputs: Property,
    outputs: Property,
    old: Properties,
    new: Properties,
    unknown: Any,
) -> Properties:
    """Outputs before the fact: what is given, what stays, and ``unknown`` for the rest."""
    wanted = {
        key: _with_chosen(value, outputs.fields[key], old.get(key), entry, key, unknown)
        for key, value in given(new).items()
        if key not in entry.outputs.asked and key in outputs.fields
    }
    if not old:
        found = dict.fromkeys(outputs.fields, unknown)
        settled = set(inputs.fields) - entry.inputs.computed - set(entry.outputs.asked)
        return {key: value for key, value in found.items() if key not in settled} | wanted
    stays = {
        key: value
        for key, value in old.items()
        if key not in inputs.fields or key in entry.inputs.computed or key in entry.outputs.asked
    }
    changed = any(not entry.comparison.same(old.get(key), wanted[key], (key,)) for key in wanted)
    moved = dict.fromkeys(entry.outputs.volatile if changed else (), unknown)
    return stays | wanted | moved


def _with_chosen(
    value: Any, kind: Property, old: Any, entry: Entry, pattern: str, unknown: Any
) -> Any:
    """``value`` with the nested properties that AWS chooses: as they were, or ``unknown``."""
    if kind.kind != "object" or not isinstance(value, Mapping):
        return value
    before = old if isinstance(old, Mapping) else {}
    found = dict(value)
    for name, field in kind.fields.items():
        deeper = f"{pattern}.{name}"
        if found.get(name) is not None:
            found[name] = _with_chosen(found[name], field, before.get(name), entry, deeper, unknown)
        elif deeper in entry.inputs.computed:
            found[name] = before.get(name, unknown)
    return found


def _replaces(entry: Entry, path: Path) -> bool:
    return str(path[0]) not in entry.mutable or bool(_dotted(path) & entry.replacement.by)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _dotted(path: Path) -> set[str]:
    """The path and the paths above it, without indexes."""
    names = [step for step in path if isinstance(step, str)]
    return {".".join(names[: end + 1]) for end in range(len(names))}
