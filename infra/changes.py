"""Refuses, before anything is done, what a changed setting would lose."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from infra import settings, stateful
from infra.for_good import given_up
from infra.losses import losses, other_account
from infra.one_way import ways_back
from infra.rolls import rolls
from infra.settings import SettingsError, StackSettings
from infra.state import State, read_state
from infra.workloads import leaving_workloads, renamed_applications


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
    state = read_state()
    if lost := refusals(stack, state):
        raise pulumi.RunError("\n".join(_told(lost)))
    _stay_in_account(state)
    for judge in (allowances, rolls, given_up, leaving_workloads):
        for warning in judge(stack, state):
            pulumi.log.warn(warning)
    stateful.protect(stack.allow_replace)
    return stack


def _stay_in_account(state: State) -> None:
    """pulumi.RunError if this run acts in another account than the stack stands in."""
    # Asked last: settings that would be refused may keep AWS from answering.
    account = aws.get_caller_identity().account_id if len(state) else None
    for refusal in other_account(state, account):
        raise pulumi.RunError(refusal)


def refusals(stack: StackSettings, state: State) -> list[str]:
    """What is refused of a stack's settings, given what is deployed."""
    allowed = frozenset(stack.allow_replace)
    lost = [loss.refusal(allowed, state.protected) for loss in losses(stack, state)]
    return [
        *(one for one in lost if one is not None),
        *ways_back(stack, state),
        *renamed_applications(stack, state),
    ]


def allowances(stack: StackSettings, state: State) -> Iterator[str]:
    """What is to be known of the names that may go: those that are none, and to take them out."""
    there = {one.name for one in state.of_type(*stateful.STATEFUL, stateful.NAMESPACE)}
    names = [one for one in stack.allow_replace if one in there or not there]
    for name in stack.allow_replace:
        if name not in names:
            nearest = difflib.get_close_matches(name, sorted(there), n=1, cutoff=0.8)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            yield (
                f"groundwork:allow_replace: {name!r} is no resource with state of this stack, or"
                f" no more{hint}"
            )
    if names:
        word = "name" if len(names) == 1 else "names"
        yield (
            f"groundwork:allow_replace leaves {', '.join(names)} without protection: take the"
            f" {word} out after this change"
        )


def _told(refused: list[str]) -> list[str]:
    if not refused:
        return []
    count = "1 change" if len(refused) == 1 else f"{len(refused)} changes"
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    return [f"{count} that cannot be taken back", *(f"{file}: {one}" for one in refused)]
