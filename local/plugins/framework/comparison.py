"""When two property values mean the same, and how two sets of inputs differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from local.plugins.framework.values import Path, Unknown

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Which properties (dotted, without indexes) are unordered, or JSON text."""

    sets: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()

    def same(self, old: Any, new: Any, path: Path = ()) -> bool:
        """Whether two values mean the same. An unknown is the same as nothing."""
        return self._form(old, _pattern(path)) == self._form(new, _pattern(path))

    def _form(self, value: Any, pattern: str) -> Any:
        """A value in a form where ``==`` means "the same"."""
        if isinstance(value, Unknown):
            return object()  # equal to nothing, not even to another unknown
        if pattern in self.documents and isinstance(value, str):
            return canonical_document(value)
        if isinstance(value, Mapping):
            return {
                key: self._form(item, f"{pattern}.{key}" if pattern else key)
                for key, item in value.items()
                if item is not None
            }
        if isinstance(value, list):
            forms = [self._form(item, pattern) for item in value]
            return sorted(forms, key=_order) if pattern in self.sets else forms
        return value

    def changes(self, old: Any, new: Any, path: Path = ()) -> Iterator[tuple[Path, Kind]]:
        """The deepest paths at which two values differ."""
        if self.same(old, new, path):
            return
        if old is None:
            yield path, "add"
        elif new is None:
            yield path, "delete"
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            for key in sorted({*old, *new}):
                yield from self.changes(old.get(key), new.get(key), (*path, key))
        elif isinstance(old, list) and isinstance(new, list) and _pattern(path) not in self.sets:
            for index in range(max(len(old), len(new))):
                yield from self.changes(_at(old, index), _at(new, index), (*path, index))
        else:
            yield path, "update"

    def settle(self, prior: Any, live: Any, path: Path = ()) -> Any:
        """``live``, but spelled as ``prior`` (order, JSON layout) where both mean the same."""
        if self.same(prior, live, path):
            return prior
        if isinstance(prior, Mapping) and isinstance(live, Mapping):
            return {
                key: self.settle(prior.get(key), item, (*path, key)) for key, item in live.items()
            }
        return live


def canonical_document(text: str) -> Any:
    """JSON text as data in which policy statements and one-element lists compare equal."""
    try:
        return _loose(json.loads(text))
    except ValueError:
        return text


def _loose(value: Any) -> Any:
    """AWS reads ``"Action": "a"`` and ``"Action": ["a"]`` alike, and lists without order."""
    if isinstance(value, dict):
        return {key: _loose(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_loose(item) for item in value), key=_order)
        return items[0] if len(items) == 1 else items
    return value


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None


def _pattern(path: Path) -> str:
    return ".".join(step for step in path if isinstance(step, str))
