"""Property types kept in a file, so that a plugin starts without the SDK's modules.

To import those takes about two seconds, in every run of the engine.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import files
from local.plugins.framework import schema
from local.plugins.framework.schema import Property


@dataclass(frozen=True, kw_only=True)
class Types:
    """The inputs and the outputs of a resource type."""

    inputs: Property
    outputs: Property


class KeptTypes:
    """The types of all ``tokens``: from ``file`` if it holds them, else made, and kept there.

    ``version`` is that of what ``make`` makes them from. Without a file each is made when it is
    asked for.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        version: str,
        tokens: Iterable[str],
        make: Callable[[str], Types],
    ) -> None:
        self._file = file
        self._source = f"{version} {hashlib.sha256(Path(schema.__file__).read_bytes()).hexdigest()}"
        self._tokens = frozenset(tokens)
        self._make = make
        self._types: dict[str, Types] = {}
        self._lock = threading.Lock()

    def of(self, token: str) -> Types:
        """The types of one resource type."""
        with self._lock:
            if token not in self._types and self._file is not None:
                self._types = self._read(self._file)
            if token not in self._types and self._file is not None:
                self._types = {each: self._make(each) for each in self._tokens}
                with contextlib.suppress(OSError):  # the next run does without it too
                    self._write(self._file)
            if token not in self._types:
                self._types[token] = self._make(token)
            return self._types[token]

    def _read(self, file: Path) -> dict[str, Types]:
        """What the file holds; nothing if it is missing, torn, or of another version."""
        try:
            kept = json.loads(file.read_text())
            if kept["source"] != self._source:
                return {}
            return {
                token: Types(inputs=_property(inputs), outputs=_property(outputs))
                for token, (inputs, outputs) in kept["types"].items()
            }
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return {}

    def _write(self, file: Path) -> None:
        types = {
            token: (_plain(types.inputs), _plain(types.outputs))
            for token, types in self._types.items()
        }
        content = json.dumps({"source": self._source, "types": types})
        files.write(file, content)


def _plain(kind: Property) -> dict[str, Any]:
    return {
        "kind": kind.kind,
        "items": None if kind.items is None else _plain(kind.items),
        "fields": {name: _plain(each) for name, each in kind.fields.items()},
        "required": sorted(kind.required),
    }


def _property(plain: Mapping[str, Any]) -> Property:
    return Property(
        kind=plain["kind"],
        items=None if plain["items"] is None else _property(plain["items"]),
        fields={name: _property(each) for name, each in plain["fields"].items()},
        required=frozenset(plain["required"]),
    )
