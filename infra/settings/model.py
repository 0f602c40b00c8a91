"""Components' settings as pydantic reads them: strict, and in the words of a stack file."""

from __future__ import annotations

import typing
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache, partial
from ipaddress import IPv4Network
from types import UnionType
from typing import Annotated, Any, NotRequired, TypeVar

from pydantic import AfterValidator, ConfigDict, PlainValidator, TypeAdapter
from typing_extensions import TypedDict

from components.arguments import Settings
from infra.settings.keys import MISSING, inlined, keys_of
from infra.settings.text import parse_duration, parse_network, plain_text

# No unknown keys, and no conversion between types.
STRICT = ConfigDict(extra="forbid", strict=True)
PLAIN = Annotated[str, AfterValidator(plain_text)]
WRITTEN: Mapping[object, object] = {
    IPv4Network: Annotated[IPv4Network, PlainValidator(parse_network)],
    timedelta: Annotated[timedelta, PlainValidator(parse_duration)],
}


AnySettings = TypeVar("AnySettings", bound=Settings)


@cache
def reader(settings: type[AnySettings]) -> TypeAdapter[AnySettings]:
    """Reads the settings from the JSON of a stack file; pydantic.ValidationError has the faults."""
    return TypeAdapter(_written(settings))


def _written(kind: Any, text: Any = PLAIN) -> Any:
    """The type that reads what a stack file writes for `kind`; `text`: that for text."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, UnionType):
        return typing.Optional[_written(inner[0], text)]  # noqa: UP045 the parts are known at run time
    if origin is Sequence:
        return list[_written(inner[0], text)]
    if origin is Mapping:
        return dict[PLAIN, _written(inner[1], text)]
    if isinstance(kind, type) and issubclass(kind, Settings):
        return Annotated[_mapping(kind), AfterValidator(partial(_make, kind))]
    return text if kind is str else WRITTEN.get(kind, kind)


def _mapping(settings: type[Settings]) -> Any:
    """The mapping of a stack file that sets `settings`."""
    keys = {
        name: kind if key.default is MISSING else NotRequired[kind]
        for name, key in keys_of(settings).items()
        for kind in [_written(key.kind, str if key.setting.verbatim else PLAIN)]
    }
    mapping = TypedDict(settings.__name__, keys)  # pyright: ignore
    mapping.__pydantic_config__ = STRICT  # pyright: ignore
    return mapping


def _make(settings: type[Settings], given: Mapping[str, object]) -> Settings:
    """`settings` with what the file gives, and their own defaults for the rest."""
    fields: dict[str | None, dict[str, Any]] = defaultdict(dict)
    for name, value in given.items():
        key = keys_of(settings)[name]
        fields[key.part][key.field] = value
    parts = {name: kind(**fields[name]) for name, (kind, _) in inlined(settings).items()}
    return settings(**fields[None], **parts)
