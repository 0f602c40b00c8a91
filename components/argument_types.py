"""What kind of value each field of a component's arguments takes, by its type hint.

Python itself checks none of them: text in the place of a network would fail far inside, and text in
the place of a choice would pass for none of the choices.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple

from pulumi import Output

LATER = (Output, Awaitable)
WORDS: Mapping[object, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    IPv4Network: "IPv4Network('10.0.0.0/16') or such",
    timedelta: "a timedelta",
    NoneType: "None",
}


class Misfit(NamedTuple):
    """A value that is not of its field's kind, by its path, and what to give instead."""

    path: str
    value: object
    expected: str


def misfits(arguments: object, path: str = "") -> Iterator[Misfit]:
    """The fields of a dataclass, which lies at `path`, whose values are not of the kind that their
    hints say.
    """
    for name, hint in _hints(type(arguments)).items():
        yield from _misfits(path + name, getattr(arguments, name), hint)


def take_choices(arguments: object) -> None:
    """Puts the member in the place of text that a field's enumeration has as a value."""
    for name, hint in _hints(type(arguments)).items():
        kind = typing.get_args(hint)[0] if typing.get_origin(hint) is Annotated else hint
        value = getattr(arguments, name)
        if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(value, str):
            with suppress(ValueError):
                object.__setattr__(arguments, name, kind(value))


@cache
def _hints(arguments: type) -> dict[str, Any]:
    # pulumi.Input names these two by text, to be looked up where it is used.
    known = {"Output": Output, "T": Any}
    hints = typing.get_type_hints(arguments, localns=known, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(arguments)}


def _misfits(path: str, value: object, hint: Any) -> Iterator[Misfit]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        yield from _misfits(path, value, inner[0])
    elif origin in (typing.Union, UnionType):
        yield from _of_none(path, value, inner)
    elif isinstance(value, LATER):
        if origin not in LATER:
            expected = f"give {_words(hint)}: what a resource gives is known too late for it"
            yield Misfit(path, f"an {type(value).__name__}", expected)
    elif not _is_of(value, hint):
        yield Misfit(path, value, f"give {_words(hint)}")
    else:
        yield from _inside(path, value, hint)


def _inside(path: str, value: object, hint: Any) -> Iterator[Misfit]:
    """Those in what a value of the right kind holds."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(value):
        yield from misfits(value, f"{path}.")
    elif origin is Sequence and isinstance(value, Sequence):
        for position, one in enumerate(value):
            yield from _misfits(f"{path}[{position}]", one, inner[0])
    elif origin is Mapping and isinstance(value, Mapping):
        for key, one in value.items():
            yield from _misfits(path, key, inner[0])
            yield from _misfits(f"{path}.{key}", one, inner[1])


def _of_none(path: str, value: object, kinds: Sequence[Any]) -> Iterator[Misfit]:
    """A misfit unless the value is of one of the kinds; in the words of the nearest one."""
    found = [list(_misfits(path, value, kind)) for kind in kinds]
    if all(found):
        deeper = [one for one in found if one[0].path != path]
        words = " or ".join(dict.fromkeys(_words(one) for one in kinds if not _is_later(one)))
        yield from deeper[0] if deeper else [found[0][0]._replace(expected=f"give {words}")]


def _is_of(value: object, hint: Any) -> bool:
    """Whether a value that is known is of a kind, apart from what it holds."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in LATER:
        return False
    if origin is Literal:
        return value in inner
    if origin is Sequence:
        # A set has no order, which here often means something; text is a sequence of letters.
        return isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if origin is Callable:
        return callable(value)
    kind = origin or hint
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return not isinstance(kind, type) or isinstance(value, kind)


def _words(hint: Any) -> str:
    """What to give for a hint."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return _words(inner[0])
    if origin in (typing.Union, UnionType):
        return " or ".join(dict.fromkeys(_words(one) for one in inner if not _is_later(one)))
    if origin is Literal:
        return " or ".join(map(repr, inner))
    if origin is Sequence:
        return f"a list, each {_words(inner[0])}"
    if origin is Mapping:
        return f"a mapping, each {_words(inner[1])}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return " or ".join(repr(one.value) for one in hint)
    return WORDS.get(hint) or f"{getattr(origin or hint, '__name__', hint)}"


def _is_later(kind: Any) -> bool:
    return typing.get_origin(kind) in LATER
