"""Credentials in a stack file: found, and taken out before anything can print or keep them."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, NamedTuple

from components.arguments import Settings
from components.credentials import (
    HIDDEN,
    REASON,
    SECRETS_MANAGER,
    find_credential,
    looks_generated,
    may_be_secret,
    names_a_credential,
)
from infra.settings.faults import Finding, Location, dotted
from infra.settings.keys import keys_of

PROVIDER = "aws:"
PROVIDERS_CREDENTIALS = (
    "let the environment of whoever deploys have it: a profile, a role, or AWS_… variables"
)
# Free names with values of whoever writes them: a password's name tells what its value is.
NAMED = frozenset({"tags", "labels", "parameters"})
# Values that are prose: what looks made by a generator is none.
PROSE = frozenset({"application_secrets"})


ENCRYPTED = Finding("", f"it holds an encrypted value (`secure:`), {REASON}; {SECRETS_MANAGER}")
"""Pulumi decrypts it for the program, which would hand it on in plain."""


class Leak(NamedTuple):
    """A credential at a key of the stack file."""

    key: str
    finding: Finding


def without_credentials(
    values: Mapping[str, str], subjects: Mapping[str, type[Settings]]
) -> tuple[dict[str, str], list[Leak]]:
    """A stack's configuration without the credentials in it, and where they were.

    `subjects`: what reads each key, by the full key.
    """
    clean: dict[str, str] = {}
    leaks: list[Leak] = []
    for key, text in values.items():
        reader = _Reader(key=key, settings=subjects.get(key))
        clean[key] = reader.read(text)
        leaks += reader.leaks
    return clean, leaks


@dataclass(kw_only=True)
class _Reader:
    """Reads what stands at one key of the configuration."""

    key: str
    settings: type[Settings] | None
    leaks: list[Leak] = field(default_factory=list)

    def read(self, text: str) -> str:
        """The text, JSON or not, without credentials."""
        try:
            raw = json.loads(text)
        except json.JSONDecodeError:
            return self._text(text, ())
        if not isinstance(raw, dict | list):
            return self._text(text, ())
        return json.dumps(self._clean(raw, ()))

    def tell(self, location: Location, shown: str, kind: str) -> None:
        """Notes a credential; `shown`: the value without it."""
        text = f"{shown!r} holds {kind}, {REASON}; {self._belongs(location)}"
        self.leaks.append(Leak(self.key, Finding(dotted(location), text)))

    def _clean(self, value: Any, location: Location) -> Any:
        if isinstance(value, str):
            return self._text(value, location)
        if isinstance(value, list):
            return [self._clean(one, (*location, place)) for place, one in enumerate(value)]
        if isinstance(value, dict):
            return {
                name: self._entry(name, one, (*location, name))
                for key, one in value.items()
                for name in [self._text(key, location)]
            }
        return value

    def _entry(self, name: str, value: Any, location: Location) -> Any:
        """A value that its name may tell to be a credential."""
        holder = location[-2] if len(location) > 1 else self.key.partition(":")[2]
        if isinstance(value, str) and not find_credential(value):
            if holder in NAMED and names_a_credential(name) and may_be_secret(value):
                self.tell(location, HIDDEN, "a credential, by its name")
                return ""
            if holder in PROSE and looks_generated(value):
                self.tell(location, HIDDEN, "the secret's value, where its purpose belongs")
                return ""
        return self._clean(value, location)

    def _text(self, text: str, location: Location) -> str:
        found = find_credential(text)
        if found is None:
            return text
        self.tell(location, found.hidden, found.kind)
        return found.without

    def _belongs(self, location: Location) -> str:
        """What the settings at a place say of their credentials."""
        if self.key.startswith(PROVIDER):
            return PROVIDERS_CREDENTIALS
        belongs, kind = SECRETS_MANAGER, typing.cast("Any", self.settings)
        for part in location:
            if isinstance(kind, type) and issubclass(kind, Settings):
                belongs = kind.credentials_belong
                key = keys_of(kind).get(str(part))
                kind = None if key is None else key.kind
            else:
                kind = next(reversed(typing.get_args(kind)), None)
            if isinstance(kind, UnionType):
                kind = typing.get_args(kind)[0]
        return belongs
