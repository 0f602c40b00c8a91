"""Refuses, before anything is done, what a changed setting would lose."""

from __future__ import annotations

import pulumi

from infra import stateful
from infra.losses import losses
from infra.one_way import ways_back
from infra.settings import StackSettings
from infra.state import State, read_state


def guard(stack: StackSettings) -> None:
    """Protects what holds state; pulumi.RunError if the settings would replace or delete of it.

    Call it before the first resource.
    """
    found = refusals(stack, read_state())
    if found:
        file = f"Pulumi.{pulumi.get_stack()}.yaml"
        count = "1 change" if len(found) == 1 else f"{len(found)} changes"
        lines = [f"{file}: {one}" for one in found]
        raise pulumi.RunError("\n".join([f"{count} that cannot be taken back", *lines]))
    if stack.allow_replace:
        pulumi.log.warn(
            f"groundwork:allow_replace leaves {', '.join(stack.allow_replace)} without protection:"
            " take the names out after this change"
        )
    stateful.protect(stack.allow_replace)


def refusals(stack: StackSettings, state: State) -> list[str]:
    """What is refused of a stack's settings, given what is deployed."""
    allowed = frozenset(stack.allow_replace)
    lost = [loss.refusal(allowed) for loss in losses(stack, state)]
    return [one for one in lost if one is not None] + list(ways_back(stack, state))
