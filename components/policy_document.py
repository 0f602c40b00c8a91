"""IAM policy documents and log retention: AWS's rules that several components keep."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from components.component import ArgumentError

# Log groups accept these retention periods only (CloudWatch Logs, PutRetentionPolicy), in days.
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip


def document(*statements: Mapping[str, object]) -> str:
    """A policy document of the given statements, as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(
    service: str,
    actions: Sequence[str] = ("sts:AssumeRole",),
    condition: Mapping[str, object] | None = None,
) -> str:
    """A trust policy that lets one AWS service assume the role, under `condition`."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions),
    }
    if condition:
        statement["Condition"] = condition
    return document(statement)


def check_log_retention(field: str, days: int) -> None:
    """Raise ArgumentError unless CloudWatch Logs takes `days` as a retention period."""
    if days not in LOG_RETENTION_DAYS:
        periods = ", ".join(map(str, LOG_RETENTION_DAYS))
        raise ArgumentError(field, days, f"CloudWatch Logs takes one of {periods} days")
