"""What a plugin says when a request cannot be served."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.plugins.framework.values import Path

_NO_VALUE = object()


class ProviderError(Exception):
    """A fault of the request or of the service behind it; its text goes to the user as it is."""


class StoppedError(ProviderError):
    """The engine asked the plugin to stop while an operation was waiting."""


class PartlyCreatedError(ProviderError):
    """The object exists but could not be finished. State keeps it, so nothing is orphaned.

    ``resource_id`` and ``outputs`` are what is known of it, ``reason`` says what failed.
    """

    def __init__(self, resource_id: str, outputs: Mapping[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.resource_id = resource_id
        self.outputs = dict(outputs)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One property that ``check`` rejects. ``value`` is shown unless the property is secret."""

    path: Path
    reason: str
    value: Any = field(default=_NO_VALUE)

    def render(self, *, secret: bool) -> str:
        """The reason with the value; a secret value is replaced by the word."""
        if self.value is _NO_VALUE:
            return self.reason
        shown = "[secret]" if secret else json.dumps(self.value, default=repr)
        return f"{self.reason}, got {shown}"
