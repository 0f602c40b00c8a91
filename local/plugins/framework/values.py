"""Property values as the engine sends them: plain JSON, unknowns and secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

Path = tuple[str | int, ...]

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a wire constant of Pulumi, no secret
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string, and any type the SDK does not know
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown:
    """The type of :data:`UNKNOWN`, a value that only exists once its resource does."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A value that must stay encrypted in state; ``repr`` does not show it."""

    value: Any

    def __repr__(self) -> str:
        return "<secret>"


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties of a request, with :class:`Secret` and :data:`UNKNOWN` at any depth."""
    return {key: _decode(value) for key, value in struct.fields.items()}


def from_log(value: Any) -> Any:
    """A value of the engine's event log, with :data:`UNKNOWN` at any depth."""
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWNS else value
    if isinstance(value, Mapping):
        return {key: from_log(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_log(item) for item in value]
    return value


def _decode(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case "struct_value":
            fields = value.struct_value.fields
            if _SIGNATURE not in fields:
                return decode(value.struct_value)
            if fields[_SIGNATURE].string_value == _SECRET:
                return Secret(value=_decode(fields["value"]))
            raise ValueError(
                "assets, archives and resource references are not property values here"
            )
        case _:
            return None


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The wire form of properties; entries that are ``None`` are left out."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        if value is not None:
            struct.fields[key].CopyFrom(_encode(value))
    return struct


def _encode(value: Any) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, Unknown):
        return struct_pb2.Value(string_value="04da6b54-80e4-46f7-96ec-b56ff0331ba9")
    if isinstance(value, Secret):
        wrapped = {_SIGNATURE: _SECRET, "value": value.value}
        return struct_pb2.Value(struct_value=encode(wrapped))
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=encode(value))
    if isinstance(value, list | tuple):
        items = [_encode(item) for item in value]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    raise TypeError(f"a property cannot hold a {type(value).__name__}")


def plain(value: Any) -> Any:
    """``value`` without secret marks."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def mark(value: Any, like: Any) -> Any:
    """``value`` with the secret marks of ``like``.

    Lists may come back in another order, so one secret element makes the whole list secret.
    """
    if isinstance(like, Secret):
        return value if value is None or isinstance(value, Secret) else Secret(value=plain(value))
    if isinstance(like, Mapping) and isinstance(value, Mapping):
        return {key: mark(item, like.get(key)) for key, item in value.items()}
    if isinstance(like, list) and isinstance(value, list) and _holds_secret(like):
        return Secret(value=plain(value))
    return value


def mark_copies(value: Any, texts: frozenset[str]) -> Any:
    """``value`` with every text secret that is one of ``texts``, wherever it has come to lie."""
    if isinstance(value, Mapping):
        return {key: mark_copies(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [mark_copies(item, texts) for item in value]
    return Secret(value=value) if isinstance(value, str) and value in texts else value


def mark_keys(properties: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    """``properties`` with the named ones secret."""
    return {
        key: Secret(value=plain(value)) if key in keys and value is not None else value
        for key, value in properties.items()
    }


def secret_texts(value: Any, *, inside: bool = False) -> Iterator[str]:
    """Every string that is secret, for scrubbing of messages. Other secret leaves give ``""``."""
    if isinstance(value, Secret):
        yield from secret_texts(value.value, inside=True)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secret_texts(item, inside=inside)
    elif isinstance(value, list):
        for item in value:
            yield from secret_texts(item, inside=inside)
    elif inside:
        yield value if isinstance(value, str) else ""


def is_secret(value: Any, path: Path) -> bool:
    """Whether the value at ``path`` lies in, is, or holds a secret."""
    for step in path:
        if isinstance(value, Secret):
            return True
        if isinstance(value, Mapping):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return isinstance(value, Secret) or _holds_secret(value)


def has_unknown(value: Any) -> bool:
    """Whether an unknown lies anywhere in ``value``."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def dotted(path: Path) -> str:
    """A path as Pulumi writes it: ``a.b[0]["c/d"]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("_", "").replace("-", "").isalnum():
            text += f".{step}" if text else step
        else:
            quoted = step.replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def _holds_secret(value: Any) -> bool:
    return next(secret_texts(value), None) is not None
