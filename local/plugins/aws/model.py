"""botocore's description of AWS operations and their parameters, with types."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import botocore
import botocore.session


class Shape:
    """The type of a parameter or of a part of one."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.kind: str = raw.type_name
        metadata: Mapping[str, Any] = raw.metadata
        self.pattern: str | None = metadata.get("pattern")
        self.least: float | None = metadata.get("min")
        self.most: float | None = metadata.get("max")
        self.sensitive: bool = bool(metadata.get("sensitive"))
        self.choices: list[str] = metadata.get("enum") or []
        self.required: list[str] = metadata.get("required") or []

    @functools.cached_property
    def members(self) -> Mapping[str, Shape]:
        """A structure's members by name; empty for other kinds."""
        if self.kind != "structure":
            return {}
        return {name: Shape(member) for name, member in self._raw.members.items()}

    @functools.cached_property
    def folded(self) -> Mapping[str, str]:
        """The members' names by :func:`fold`."""
        return {fold(name): name for name in self._raw.members}

    @functools.cached_property
    def element(self) -> Shape:
        """What a list or the values of a map are made of."""
        return Shape(self._raw.member if self.kind == "list" else self._raw.value)

    @functools.cached_property
    def key(self) -> Shape:
        """The keys of a map."""
        return Shape(self._raw.key)


def fold(name: str) -> str:
    """A name without its case and underscores: Pulumi and the APIs differ in these."""
    return name.replace("_", "").lower()


@functools.cache
def _session() -> Any:
    """botocore's loader of service models; it needs neither region nor credentials."""
    return botocore.session.get_session()


@functools.cache
def _service(service: str) -> Any:
    return _session().get_service_model(service)


@functools.cache
def parameters_of(service: str, operation: str) -> Shape:
    """The structure of an operation's parameters. Raises ``TypeError`` if it takes none."""
    shape = _service(service).operation_model(operation).input_shape
    if shape is None:
        raise TypeError(f"{service}:{operation} takes no parameters")
    return Shape(shape)


@functools.cache
def method_name(operation: str) -> str:
    """boto3's name of an operation: ``CreateVpc`` is ``create_vpc``."""
    return botocore.xform_name(operation)


def redact(value: Any, shape: Shape | None) -> Any:
    """``value`` without what the service model calls sensitive, and without passwords."""
    if shape is not None and shape.sensitive:
        return "[secret]"
    if isinstance(value, Mapping):
        members = shape.members if shape else {}
        return {
            key: "[secret]"
            if "password" in key.lower() and isinstance(item, str)
            else redact(item, members.get(key))
            for key, item in value.items()
        }
    if isinstance(value, list):
        element = shape.element if shape and shape.kind == "list" else None
        return [redact(item, element) for item in value]
    return value
