"""What an error code of AWS means."""

import pytest

from local.plugins.aws.session import AwsError


@pytest.mark.parametrize(
    "code",
    [
        "InvalidVpcID.NotFound",
        "ResourceNotFoundException",
        "DBInstanceNotFound",
        "NoSuchEntity",
        "AWS.SimpleQueueService.NonExistentQueue",
        "RepositoryDoesNotExistException",
    ],
)
def test_what_is_missing(code: str) -> None:
    assert AwsError("gone", code).not_found


@pytest.mark.parametrize("code", ["", "AccessDenied", "DependencyViolation", "InvalidParameter"])
def test_what_is_not(code: str) -> None:
    assert not AwsError("refused", code).not_found
