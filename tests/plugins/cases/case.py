"""The form of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.plugins.host import State
from tests.plugins.world import World

Inputs = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """``update`` and ``replace`` are changes of ``inputs``; a value of ``None`` drops one.

    ``drift`` alters the object behind the plugin's back; ``drifted`` is the input in which a
    refresh has to show it. ``rejected`` maps a change of the inputs to the failing property and a
    part of the reason. ``import_id`` is what ``pulumi import`` is given, where it is not the id.
    """

    type: str
    inputs: Callable[[World], Inputs]
    update: Callable[[World], Inputs] | None
    replace: Mapping[str, Any]
    drift: Callable[[World, State], None] | None
    drifted: str = "tags"
    # Whether a replaced object goes first: the program gives a name that could be automatic.
    delete_first: bool = False
    rejected: tuple[tuple[Inputs, str, str], ...] = ()
    import_id: Callable[[State], str] = field(default=lambda state: state.id)
    # What nothing but the program can know: no API reports it.
    not_imported: frozenset[str] = frozenset()
    # Outputs that change by themselves.
    moving: frozenset[str] = frozenset()
    outlives_delete: bool = False
    # Whether an interrupted creation can leave something; what AWS made itself is just adopted.
    found_again: bool = True

    def __str__(self) -> str:
        return self.type.rpartition(":")[2]


def changed(inputs: Inputs, change: Mapping[str, Any]) -> Inputs:
    """``inputs`` with ``change`` over them."""
    return {key: value for key, value in {**inputs, **change}.items() if value is not None}
