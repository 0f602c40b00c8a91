"""The keys of a stack file: those of the components' settings, some of them under another name."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any

from components.arguments import Fault, Setting, Settings

MISSING = dataclasses.MISSING


class Inline:
    """Marks a field whose own settings a stack file has in the place of the field.

    `keys`: the file's names for those that it calls otherwise than the component does.
    """

    def __init__(self, **keys: str) -> None:
        self.keys = keys


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key of a stack file. `kind`: of its value, without Annotated; `default`: MISSING if it has
    to be written; `part`: the inlined field that it belongs to, and `field` in that.
    """

    name: str
    kind: Any
    setting: Setting
    default: object
    part: str | None
    field: str


@cache
def keys_of(settings: type[Settings]) -> dict[str, Key]:
    """The keys that set `settings`, by name. A field without a Setting has none."""
    return {key.name: key for key in _keys(settings)}


def inlined(settings: type[Settings]) -> dict[str, tuple[type[Settings], Inline]]:
    """The inlined fields of `settings`: their classes and marks."""
    found: dict[str, tuple[type[Settings], Inline]] = {}
    for name, hint in typing.get_type_hints(settings, include_extras=True).items():
        for mark in getattr(hint, "__metadata__", ()):
            if isinstance(mark, Inline):
                found[name] = (typing.get_args(hint)[0], mark)
    return found


def faults_by_key(settings: Settings) -> Iterator[Fault]:
    """The faults of `settings`, and of the inlined parts, by the keys of the stack file."""
    for field, (_, mark) in inlined(type(settings)).items():
        part: Settings = getattr(settings, field)
        for fault in part.faults():
            name = re.split(r"[.[]", fault.field)[0]
            yield dataclasses.replace(
                fault, field=mark.keys.get(name, name) + fault.field.removeprefix(name)
            )
    yield from settings.faults()


def _keys(settings: type[Settings]) -> Iterator[Key]:
    hints = typing.get_type_hints(settings, include_extras=True)
    parts = inlined(settings)
    for field in dataclasses.fields(settings):
        if field.name in parts:
            part, mark = parts[field.name]
            for key in keys_of(part).values():
                name = mark.keys.get(key.name, key.name)
                yield dataclasses.replace(key, name=name, part=field.name)
        for mark in getattr(hints[field.name], "__metadata__", ()):
            if isinstance(mark, Setting):
                yield Key(
                    name=field.name,
                    kind=_kind(typing.get_args(hints[field.name])[0], mark),
                    setting=mark,
                    default=MISSING if mark.required else _default(field),
                    part=None,
                    field=field.name,
                )


def _kind(hint: Any, setting: Setting) -> Any:
    """What a stack file gives for `hint`: one of its own choices; no None where it must be said."""
    if setting.choices:
        return typing.Literal[setting.choices]
    if setting.required and isinstance(hint, UnionType):
        return typing.get_args(hint)[0]
    return hint


def _default(field: dataclasses.Field[Any]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()
