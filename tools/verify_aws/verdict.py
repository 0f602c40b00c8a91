"""The real provider's plan beside the local plugin's, property by property."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local.plugins.aws.catalog import ENTRIES
from local.plugins.aws.planning import input_changes
from tools.verify_aws.plan import Effect, PlannedChange

BY_TYPE = {entry.type: entry for entry in ENTRIES}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What both say of one attribute.

    real, local: None where it does not differ, or, of the local plugin, the type is unknown.
    """

    type: str
    name: str
    attribute: str
    real: Effect | None
    local: Effect | None

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.real == self.local


def verdicts(changes: Iterable[PlannedChange]) -> Iterator[Verdict]:
    """One for each property that either of them says to differ."""
    for change in changes:
        local = local_effects(change)
        for name in sorted({*change.effects, *local}):
            yield Verdict(
                type=change.type,
                name=change.name,
                attribute=name,
                real=change.effects.get(name),
                local=local.get(name),
            )


def local_effects(change: PlannedChange) -> dict[str, Effect]:
    """What the local plugin would do about the same inputs; nothing for a type it does not know."""
    entry = BY_TYPE.get(change.type)
    if entry is None:
        return {}
    name, given = entry.identity.name, change.new_inputs
    # A replacement gets another automatic name, which is none of the differences.
    automatic = {name.property} if name and name.property in given.get("__defaults", ()) else set()
    effects: dict[str, Effect] = {}
    for one in input_changes(
        entry, dict(change.old_inputs), dict(change.outputs), dict(change.new_inputs)
    ):
        root = str(one.path[0])
        if root not in automatic and (one.replaces or root not in effects):
            effects[root] = "replace" if one.replaces else "update"
    return effects
