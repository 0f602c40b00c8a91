"""What a plugin has to implement; values are plain, secrets are the servicer's concern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.plugins.framework.comparison import Kind
from local.plugins.framework.failure import Failure, ProviderError
from local.plugins.framework.values import Path

Properties = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Target:
    """The resource a request is about. ``timeout`` is in seconds, 0 for the default."""

    type: str
    name: str
    timeout: float = 0.0

    def __str__(self) -> str:
        return f"{self.type} {self.name!r}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One differing property and whether it forces a new object."""

    path: Path
    kind: Kind
    replaces: bool


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that differs. ``delete_first``: old and new object cannot exist side by side."""

    changes: tuple[Change, ...] = ()
    delete_first: bool = False


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Inputs with defaults and names filled in, and what is wrong with them."""

    inputs: Properties
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """An object as it is now. ``inputs`` are the ones that would make it so."""

    id: str
    inputs: Properties
    outputs: Properties


class Resource(Protocol):
    """One resource type. Inputs of every call but ``check`` have passed ``check``."""

    @property
    def secrets(self) -> frozenset[str]:
        """Top-level properties that are secret whether or not the program says so."""
        ...

    def check(self, target: Target, old: Properties, new: Properties) -> Checked: ...

    def diff(
        self, target: Target, old_inputs: Properties, old: Properties, new: Properties
    ) -> Difference: ...

    def preview(self, target: Target, old: Properties, inputs: Properties) -> Properties:
        """Outputs after a create (``old`` is empty) or an update that has not happened yet."""
        ...

    def create(self, target: Target, inputs: Properties) -> tuple[str, Properties]: ...

    def read(
        self, target: Target, resource_id: str, inputs: Properties, outputs: Properties
    ) -> Found | None:
        """The object with this id, ``None`` if it is gone; without inputs, as for an import."""
        ...

    def update(
        self,
        target: Target,
        resource_id: str,
        old_inputs: Properties,
        old: Properties,
        new: Properties,
    ) -> Properties: ...

    def delete(self, target: Target, resource_id: str, outputs: Properties) -> None: ...


@dataclass(kw_only=True)
class Plugin:
    """A provider. ``resources`` and ``functions`` are by Pulumi token."""

    name: str
    version: str
    resources: Mapping[str, Resource] = field(default_factory=dict)

    def check_config(self, settings: Properties) -> tuple[Failure, ...]:
        """Failures of the provider's own settings; none by default."""
        return ()

    def configure(self, settings: Properties) -> None:
        """Takes the provider's settings, which have passed ``check_config``."""

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """The result of a function call; an unknown function is a ``ProviderError``."""
        raise ProviderError(f"the local plugin {self.name!r} has no function {token}")

    def stop(self) -> None:
        """Ends whatever waits; called once, when the engine cancels."""
