"""From Pulumi properties to the parameters of an API call, judged by botocore's service model."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

import regex

from local.plugins.aws.calls import Call
from local.plugins.aws.entry import Entry
from local.plugins.aws.model import Shape, fold, parameters_of
from local.plugins.framework.failure import Failure
from local.plugins.framework.values import Path, Unknown

_NUMBERS = ("integer", "long", "float", "double")


class Builder:
    """Builds the parameters of one call and gathers what AWS would refuse in ``failures``."""

    def __init__(self, entry: Entry, call: Call) -> None:
        self.entry = entry
        self.call = call
        self.failures: list[Failure] = []
        self.outer = parameters_of(entry.service, call.operation)
        self.shape = self.outer.members[call.inside] if call.inside else self.outer

    def carries(self, name: str) -> bool:
        """Whether the call takes the property."""
        if name in self.call.leaves or name in ("region", "tags"):
            return False
        if name in self.call.beside:
            return True
        if self.call.takes is not None:
            return name in self.call.takes
        return self._member(self.shape, name, name) is not None

    def build(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters for those of ``properties`` that the call takes; unknowns stay in."""
        found: dict[str, Any] = {}
        beside: dict[str, Any] = {}
        for name, value in properties.items():
            if value is None or name.startswith("__") or not self.carries(name):
                continue
            if name in self.call.beside:
                member = self.call.beside[name]
                beside[member] = self._convert(value, self.outer.members[member], (name,), name)
                continue
            member = self._member(self.shape, name, name)
            if member is None:
                raise TypeError(f"{self.call.operation} has no member for {name}")
            found[member] = self._convert(value, self.shape.members[member], (name,), name)
        return {**beside, self.call.inside: found} if self.call.inside else found

    def _member(self, shape: Shape, name: str, pattern: str) -> str | None:
        wanted = self.call.names.get(pattern) or self.entry.names.get(pattern, name)
        return shape.folded.get(fold(wanted))

    def _convert(self, value: Any, shape: Shape, path: Path, pattern: str) -> Any:
        if isinstance(value, Unknown):
            return value
        if shape.kind == "structure":
            return self._structure(value, shape, path, pattern)
        if shape.kind == "list":
            if isinstance(value, Mapping) and pattern.rpartition(".")[2] == "tags":
                value = [{"Key": key, "Value": text} for key, text in value.items()]
            # The SDK shows lists that hold at most one element as the element.
            items = value if isinstance(value, list) else [value]
            self._length(items, shape, path, value)
            single = not isinstance(value, list)
            return [
                self._convert(item, shape.element, path if single else (*path, index), pattern)
                for index, item in enumerate(items)
            ]
        if shape.kind == "map":
            self._length(value, shape, path, value)
            for key in value:
                self._text(key, shape.key, (*path, key))
            return {
                key: self._convert(item, shape.element, (*path, key), f"{pattern}.{key}")
                for key, item in value.items()
            }
        return self._scalar(value, shape, path)

    def _structure(self, value: Any, shape: Shape, path: Path, pattern: str) -> Any:
        if not isinstance(value, Mapping):  # EC2 wraps plain attributes: {"Value": true}
            return {"Value": value}
        found: dict[str, Any] = {}
        for name, item in value.items():
            if item is None:
                continue
            deeper = f"{pattern}.{name}"
            member = self._member(shape, name, deeper)
            if member is None or deeper in self.call.leaves:
                if deeper not in self.call.leaves:
                    self._fail((*path, name), f"{self.call.operation} has no such member", item)
                continue
            found[member] = self._convert(item, shape.members[member], (*path, name), deeper)
        missing = [name for name in shape.required if name not in found]
        if missing:
            self._fail(path, f"{self.call.operation} requires {', '.join(missing)}", value)
        return found

    def _scalar(self, value: Any, shape: Shape, path: Path) -> Any:
        if shape.kind == "string":
            text = json.dumps(value) if isinstance(value, Mapping | bool) else str(value)
            self._text(text, shape, path)
            return text
        if shape.kind in _NUMBERS:
            try:
                number = float(value) if shape.kind in ("float", "double") else int(value)
            except ValueError:
                self._fail(path, "must be a number", value)
                return value
            self._range(number, shape, path)
            return number
        if shape.kind == "boolean" and not isinstance(value, bool):
            if value in ("true", "false"):
                return value == "true"
            self._fail(path, "must be true or false", value)
        return value

    def _text(self, text: str, shape: Shape, path: Path) -> None:
        if shape.choices and text not in shape.choices:
            self._fail(path, f"must be one of {', '.join(shape.choices)}", text)
        self._length(text, shape, path, text)
        if shape.pattern and not _pattern(shape.pattern).fullmatch(text):
            self._fail(path, f"must match {shape.pattern}", text)

    def _length(self, value: Any, shape: Shape, path: Path, shown: Any) -> None:
        least, most = shape.least, shape.most
        if least is not None and len(value) < least:
            self._fail(path, f"must have a length of at least {least}", shown)
        if most is not None and len(value) > most:
            self._fail(path, f"must have a length of at most {most}", shown)

    def _range(self, number: float, shape: Shape, path: Path) -> None:
        least, most = shape.least, shape.most
        if least is not None and number < least:
            self._fail(path, f"must be at least {least}", number)
        if most is not None and number > most:
            self._fail(path, f"must be at most {most}", number)

    def _fail(self, path: Path, reason: str, value: Any) -> None:
        operation = f"{self.entry.service}:{self.call.operation}"
        self.failures.append(Failure(path=path, reason=f"{reason} ({operation})", value=value))


@functools.cache
def _pattern(text: str) -> regex.Pattern[str]:
    """AWS's patterns are Java's (``\\p{L}``); its services match them with the whole value."""
    return regex.compile(text)
