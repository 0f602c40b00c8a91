"""IAM policy documents that several components write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pulumi import Output

VERSION = "2012-10-17"


def document(*statements: Mapping[str, object]) -> str:
    """A policy document of the given statements, as JSON."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def output_document(*statements: Mapping[str, object]) -> Output[str]:
    """A policy document whose statements name other resources' outputs, as JSON."""
    return Output.json_dumps({"Version": VERSION, "Statement": list(statements)})


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
