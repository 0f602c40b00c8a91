"""Keys: who may use them, and how long they live."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.arguments import ArgumentError
from components.encryption import EncryptionKey, EncryptionKeyArgs
from tests.unit.builders import EU
from tests.unit.recording import Recording, record


def record_key(**changes: Any) -> Recording:
    args = EncryptionKeyArgs(account=EU, description="Notes", **changes)
    return record(lambda: EncryptionKey("notes", args))


def test_a_key_rotates_and_can_be_restored() -> None:
    recording = record_key()
    key = recording.only(":Key").inputs
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 30)
    assert recording.only(":Alias").inputs["targetKeyId"] == "key-notes-key"


def test_the_account_decides_by_its_own_policies_who_uses_it() -> None:
    (statement,) = json.loads(record_key().only(":Key").inputs["policy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}


def test_cloudwatch_uses_it_only_on_request_and_only_for_this_accounts_log_groups() -> None:
    policy = json.loads(record_key(log_groups=True).only(":Key").inputs["policy"])
    _, logs = policy["Statement"]
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert logs["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                "arn:aws:logs:eu-west-1:123456789012:log-group:*"
            )
        }
    }


@pytest.mark.parametrize("days", [6, 31])
def test_refuses_a_deletion_window_that_kms_does_not_take(days: int) -> None:
    with pytest.raises(ArgumentError, match="deletion_window_days"):
        record_key(deletion_window_days=days)
