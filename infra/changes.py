"""Refuses, before anything is done, what a changed setting would lose."""

from __future__ import annotations

import pulumi

from infra import settings, stateful
from infra.losses import losses
from infra.one_way import ways_back
from infra.settings import SettingsError, StackSettings
from infra.state import State, read_state


def guarded_settings() -> StackSettings:
    """The settings of the stack that Pulumi runs. Protects what holds state.

    Call it before the first resource. pulumi.RunError if the settings have faults, or would replace
    or delete what holds state; if a change makes others unfit, such as the VPC's addresses those
    of its clients, the error has both.
    """
    try:
        stack = settings.load()
    except SettingsError as error:
        lost = refusals(error.stack, read_state()) if error.stack else []
        raise pulumi.RunError("\n".join([str(error), *_told(lost)])) from None
    lost = refusals(stack, read_state())
    if lost:
        raise pulumi.RunError("\n".join(_told(lost)))
    if stack.allow_replace:
        pulumi.log.warn(
            f"groundwork:allow_replace leaves {', '.join(stack.allow_replace)} without protection:"
            " take the names out after this change"
        )
    stateful.protect(stack.allow_replace)
    return stack


def refusals(stack: StackSettings, state: State) -> list[str]:
    """What is refused of a stack's settings, given what is deployed."""
    allowed = frozenset(stack.allow_replace)
    lost = [loss.refusal(allowed) for loss in losses(stack, state)]
    return [one for one in lost if one is not None] + list(ways_back(stack, state))


def _told(refused: list[str]) -> list[str]:
    if not refused:
        return []
    count = "1 change" if len(refused) == 1 else f"{len(refused)} changes"
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    return [f"{count} that cannot be taken back", *(f"{file}: {one}" for one in refused)]
