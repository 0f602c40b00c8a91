"""What pydantic found wrong, in words that name the key, the value and what would be right."""

from __future__ import annotations

import difflib
import json
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from components.arguments import ArgumentError, Fault, Settings
from infra.settings.keys import keys_of

Location = Sequence[str | int]
UNKNOWN_KEY = "extra_forbidden"
# What pydantic says of a location that is a mapping's key itself.
A_KEY = "[key]"

REMEDIES = {
    "bool_type": "give true or false",
    "dict_type": "give a mapping",
    "int_type": "give a whole number",
    "list_type": "give a list",
    "string_type": "give text",
}


class Finding(NamedTuple):
    """A fault below a subject: `path` to the key, `text` what is wrong with it."""

    path: str
    text: str


def finding(fault: Fault) -> Finding:
    """A component's fault as a finding."""
    return Finding(fault.field, f"{fault.value!r} cannot be used; {fault.expected}")


def findings(settings: type[Settings], error: ErrorDetails) -> Iterator[Finding]:
    """One of pydantic's errors about `settings`, in our words."""
    location, value, path = error["loc"], error["input"], dotted(error["loc"])
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ArgumentError):
        for fault in cause.faults:
            text = finding(fault)
            yield Finding(".".join(part for part in (path, text.path) if part), text.text)
    elif error["type"] == UNKNOWN_KEY:
        yield Finding(path, unknown_key(str(location[-1]), known_keys(settings, location[:-1])))
    elif error["type"] == "missing":
        yield Finding(path, "is missing; add it" + _example(settings, location))
    elif error["type"] == "string_type" and isinstance(value, int | float):
        # Not with the value: 012 in the file is the number 10, and 1.30 is 1.3.
        yield Finding(
            path,
            f"{value!r} is {_kind(value)}, where text belongs; put it in quotes, just as the file"
            " has it",
        )
    elif cause is not None:
        yield Finding(path, f"{value!r} cannot be used; {cause}")
    else:
        # The message may name choices, whose case counts.
        message = error["msg"]
        remedy = REMEDIES.get(error["type"]) or message[:1].lower() + message[1:]
        yield Finding(path, f"{value!r} ({_kind(value)}) cannot be used; {remedy}")


def unknown_key(key: str, known: Iterable[str]) -> str:
    """Words for an unknown key, with the known one that is nearest to it."""
    known = sorted(known)
    nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"known are {', '.join(known)}"
    return f"unknown key; {hint}"


def dotted(location: Location) -> str:
    """A path such as `node_pools.general.instance_types[0]`."""
    path = ""
    for part in location:
        if part == A_KEY:
            continue
        if isinstance(part, int):
            path += f"[{part}]"
        elif any(sign in part for sign in "./[]") or not part.isprintable() or part != part.strip():
            path += f"[{json.dumps(part, ensure_ascii=False)}]"
        else:
            path += f".{part}" if path else part
    return path


def known_keys(settings: type[Settings], location: Location) -> list[str]:
    """The keys that a stack file can have at `location` below `settings`."""
    kind: Any = settings
    for part in location:
        if isinstance(kind, type) and issubclass(kind, Settings):
            kind = keys_of(kind)[str(part)].kind
        else:
            # A mapping's or a list's element.
            kind = typing.get_args(kind)[-1]
        if isinstance(kind, UnionType):
            kind = typing.get_args(kind)[0]
    return list(keys_of(kind))


def _example(settings: type[Settings], location: Location) -> str:
    key = keys_of(settings).get(str(location[0])) if len(location) == 1 else None
    example = key.setting.example if key else None
    return "" if example is None else f", for example {example!r}"


def _kind(value: object) -> str:
    names: Mapping[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a mapping",
        type(None): "empty",
    }
    return names.get(type(value), type(value).__name__)
