"""Property types of a resource, taken from the classes of its Pulumi SDK."""

from __future__ import annotations

import collections.abc
import enum
import functools
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from pulumi import Output, _types

from local.plugins.framework.failure import Failure
from local.plugins.framework.values import Path, Unknown

Kind = Literal["string", "number", "integer", "boolean", "array", "map", "object", "document"]

_PYTHON_TYPES: dict[Kind, Any] = {
    "string": str,
    "number": int | float,
    "integer": int,
    "boolean": bool,
    "array": list,
    "map": Mapping,
    "object": Mapping,
    "document": str | Mapping,
}
_SCALARS: dict[type, Kind] = {str: "string", bool: "boolean", int: "integer", float: "number"}


@dataclass(frozen=True, kw_only=True)
class Property:
    """The type of one property. ``document`` is JSON, as text or as an object."""

    kind: Kind
    items: Property | None = None
    fields: Mapping[str, Property] = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    @property
    def element(self) -> Property:
        """The type of an array's or a map's elements."""
        if self.items is None:
            raise TypeError(f"a property of type {self.kind} has no elements")
        return self.items


def validate(value: Any, kind: Property, path: Path = ()) -> Iterator[Failure]:
    """Failures of a plain value: unknown, missing and mistyped properties, at any depth."""
    if value is None or isinstance(value, Unknown):
        return
    if not _fits(value, kind.kind):
        yield Failure(path=path, reason=f"must be of type {kind.kind}", value=value)
    elif kind.kind == "object":
        yield from _validate_object(value, kind, path)
    elif kind.kind == "map":
        for key, item in value.items():
            yield from validate(item, kind.element, (*path, key))
    elif kind.kind == "array":
        for index, item in enumerate(value):
            yield from validate(item, kind.element, (*path, index))


def _fits(value: Any, kind: Kind) -> bool:
    if isinstance(value, bool):  # which Python takes for an int too
        return kind == "boolean"
    return isinstance(value, _PYTHON_TYPES[kind])


def _validate_object(value: Mapping[str, Any], kind: Property, path: Path) -> Iterator[Failure]:
    for name in sorted(kind.required):
        if value.get(name) is None:
            yield Failure(path=(*path, name), reason="required property is missing")
    for name, item in value.items():
        if name.startswith("__"):
            continue  # the engine's and this plugin's own bookkeeping
        if name in kind.fields:
            yield from validate(item, kind.fields[name], (*path, name))
            continue
        near = get_close_matches(name, kind.fields, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield Failure(path=(*path, name), reason=f"unknown property{hint}")


@functools.cache
def inputs_of(args: type) -> Property:
    """The inputs of an SDK ``…Args`` class as an object type."""
    names = _types.input_type_py_to_pulumi_names(args)
    parameters = inspect.signature(args).parameters
    required = frozenset(
        pulumi for python, pulumi in names.items() if parameters[python].default is inspect._empty
    )
    hints = _types.input_type_types(args)
    return Property(
        kind="object",
        fields={name: _property(hint, inputs=True) for name, hint in hints.items()},
        required=required,
    )


@functools.cache
def outputs_of(resource: type) -> Property:
    """The outputs of an SDK resource class as an object type."""
    hints = _types.resource_types(resource)
    return Property(
        kind="object", fields={name: _property(hint, inputs=False) for name, hint in hints.items()}
    )


@functools.cache
def _output_object(cls: type) -> Property:
    hints = _types.output_type_types(cls)
    return Property(
        kind="object", fields={name: _property(hint, inputs=False) for name, hint in hints.items()}
    )


def _property(hint: Any, *, inputs: bool) -> Property:
    members = _members(hint)
    if len(members) > 1:
        if all(member is str or _is_enum(member) for member in members):
            return Property(kind="string")
        return Property(kind="document")
    hint = members[0]
    if hint is Any:
        return Property(kind="document")
    if hint in _SCALARS:
        return Property(kind=_SCALARS[hint])
    if _is_enum(hint):
        return Property(kind="string")
    origin = typing.get_origin(hint)
    if origin is collections.abc.Sequence:
        return Property(kind="array", items=_property(typing.get_args(hint)[0], inputs=inputs))
    if origin is collections.abc.Mapping:
        return Property(kind="map", items=_property(typing.get_args(hint)[1], inputs=inputs))
    return inputs_of(hint) if inputs else _output_object(hint)


def _members(hint: Any) -> list[Any]:
    """The types a property may have, without Input, Output, Optional and TypedDict twins."""
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return [hint]
    found: list[Any] = []
    for member in typing.get_args(hint):
        if member is type(None) or _is_plumbing(member):
            continue
        found += [inner for inner in _members(member) if inner not in found]
    return found


def _is_plumbing(member: Any) -> bool:
    origin = typing.get_origin(member)
    if isinstance(member, typing.ForwardRef):
        return member.__forward_arg__.startswith("Output[")
    return (
        member is Output
        or origin in (Output, collections.abc.Awaitable)
        or typing.is_typeddict(member)
    )


def _is_enum(member: Any) -> bool:
    return inspect.isclass(member) and issubclass(member, enum.Enum)
