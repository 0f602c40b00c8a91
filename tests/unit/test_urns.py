"""No resource of a stack is renamed by a change of the program, unless an alias says so."""

from __future__ import annotations

import pulumi
import pytest

from components.encryption import EncryptionKey, EncryptionKeyArgs
from tests.unit.builders import EU
from tests.unit.known_urns import known, registered
from tests.unit.recording import record
from tests.unit.stack_files import STACKS

COMMAND = "python -m tests.unit.known_urns"


@pytest.mark.parametrize("stack", STACKS)
def test_every_known_resource_is_there_under_its_name_or_an_alias(stack: str) -> None:
    now = registered(stack)
    reached = now.keys() | {urn for aliases in now.values() for urn in aliases}
    lost = sorted(known(stack) - reached)
    assert not lost, f"deleted and made anew unless each gets an alias: {lost}"


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_is_in_the_list(stack: str) -> None:
    new = sorted(registered(stack).keys() - known(stack))
    assert not new, f"`{COMMAND}` adds {new}"


def test_an_alias_leads_from_the_old_name() -> None:
    """Else the first test could not be passed by an alias."""
    args = EncryptionKeyArgs(account=EU, description="Anything")
    opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])
    before = record(lambda: EncryptionKey("old", args)).only(":EncryptionKey")
    after = record(lambda: EncryptionKey("new", args, opts)).only(":EncryptionKey")
    assert before.urn != after.urn
    assert before.urn in after.aliases
