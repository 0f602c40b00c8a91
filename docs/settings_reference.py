"""Writes docs/settings.md from the settings' own models: `python -m docs.settings_reference`."""

from __future__ import annotations

import dataclasses
import inspect
import json
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network
from pathlib import Path
from types import UnionType
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.duration import format_duration
from infra.settings.stack import SUBJECTS

TARGET = Path(__file__).parent / "settings.md"
INTRODUCTION = """\
# Stack settings

*Written by `python -m docs.settings_reference`; do not edit.*

A stack is a file `Pulumi.<stack>.yaml`. Every key below belongs under `config:` and, but for
`aws:region`, to the namespace `groundwork:`. The three files in the repository are complete
examples. A file with faults stops the preview before anything is touched, with one message for
each fault.

| key | type | meaning |
| --- | --- | --- |
| `aws:region` | text, required | The region of everything, for example `eu-west-1` |
| `groundwork:tags` | text, by name | Tags for every AWS resource that takes tags: letters, \
digits, spaces and `_.:/=+-@`; `Name` is the platform's own |
"""
PLAIN = {
    str: "text",
    int: "number",
    bool: "true or false",
    IPv4Network: "network",
    timedelta: "duration",
}


def reference() -> str:
    """The whole page, as Markdown."""
    sections, written = [INTRODUCTION], set[type]()
    for name, model in SUBJECTS.items():
        sections.append(f"## `groundwork:{name}`\n\n{_text(model)}\n")
        sections.append(_table(model))
        for part in _parts(model):
            if part in written:
                continue
            written.add(part)
            sections.append(f"### {part.__name__.removesuffix('Settings')}\n\n{_text(part)}\n")
            sections.append(_table(part))
    return "\n".join(sections)


def _text(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").replace("\n", " ").replace("  ", "\n\n")


def _table(kind: type) -> str:
    # A component's own arguments tell their fields' meanings in the text above the table.
    columns = ["key", "type", "default"] + ["meaning"] * issubclass(kind, BaseModel)
    rows = [columns, ["---"] * len(columns)]
    rows += [
        [f"`{name}`", _type(annotation), default, meaning][: len(columns)]
        for name, annotation, default, meaning in _fields(kind)
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _fields(kind: type) -> Iterator[tuple[str, Any, str, str]]:
    if issubclass(kind, BaseModel):
        for name, info in kind.model_fields.items():
            yield name, info.annotation, _default(info), info.description or ""
        return
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        required = field.default is field.default_factory is dataclasses.MISSING
        if required:
            default = "required"
        elif field.default is dataclasses.MISSING:
            default = ""
        else:
            default = _value(field.default)
        yield field.name, hints[field.name], default, ""


def _default(info: FieldInfo) -> str:
    if info.is_required():
        example = f", such as {_value(info.examples[0])}" if info.examples else ""
        return "required" + example
    return "" if info.default_factory else _value(info.default)


def _value(value: Any) -> str:
    if value is None or value in ([], {}, ()):
        return "" if value is None else "none"
    if isinstance(value, timedelta):
        return f"`{format_duration(value)}`"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _type(annotation: Any) -> str:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return "one of " + ", ".join(f"`{one}`" for one in inner)
    if isinstance(annotation, UnionType):
        return _type(next(one for one in inner if one is not type(None)))
    if origin in (list, Sequence):
        return f"list of {_type(inner[0])}"
    if origin in (dict, Mapping):
        return f"{_type(inner[1])}, by name"
    if origin is typing.Annotated:
        return _type(inner[0])
    if issubclass(annotation, StrEnum):
        return "one of " + ", ".join(f"`{one.value}`" for one in annotation)
    if annotation in PLAIN:
        return PLAIN[annotation]
    name = annotation.__name__.removesuffix("Settings")
    return f"[{name}](#{name.lower()})"


def _parts(kind: type) -> list[type]:
    """The models and dataclasses below `kind`, each once, in the order of the keys."""
    found: list[type] = []
    for _, annotation, _, _ in _fields(kind):
        for part in _leaves(annotation):
            if issubclass(part, BaseModel) or dataclasses.is_dataclass(part):
                found += [one for one in (part, *_parts(part)) if one not in found]
    return found


def _leaves(annotation: Any) -> Iterator[type]:
    inner = typing.get_args(annotation)
    if not inner and isinstance(annotation, type):
        yield annotation
    if typing.get_origin(annotation) is not typing.Literal:
        for one in inner:
            yield from _leaves(one)


if __name__ == "__main__":
    TARGET.write_text(reference())
