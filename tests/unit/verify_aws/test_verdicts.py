"""A recorded preview, judged; and as it would read if the real provider said something else.

The log is of the local engine, which wrote it for another `network.cidr`, `instance_class` and
`flow_log_retention_days`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.verify_aws.plan import errors, planned_changes
from tools.verify_aws.verdict import Verdict, verdicts

LOG = (Path(__file__).parent / "preview.jsonl").read_text().splitlines()


def judged(edit: Callable[[dict[str, Any]], None] = lambda step: None) -> dict[str, Verdict]:
    """By resource and property; `edit` may change each step's metadata."""
    events = [json.loads(line) for line in LOG]
    for event in events:
        edit(event["resourcePreEvent"]["metadata"])
    found = verdicts(planned_changes(json.dumps(event) for event in events))
    return {f"{one.name} {one.attribute}": one for one in found}


def test_both_say_the_same_of_what_the_local_engine_has_planned() -> None:
    found = judged()
    assert {key: one.real for key, one in found.items()} == {
        "network-vpc cidrBlock": "replace",
        "network-internet vpcId": "update",
        "network-flow-logs-group retentionInDays": "update",
        "network-endpoints-s3 routeTableIds": "update",
        "network-endpoints-s3 vpcId": "replace",
        "database-instance instanceClass": "update",
        "database-instance vpcSecurityGroupIds": "update",
        "cluster-nodes-general-group subnetIds": "replace",
    }
    assert [key for key, one in found.items() if not one.agrees] == []


def test_a_replacement_that_only_one_of_them_sees_is_told() -> None:
    def other(step: dict[str, Any]) -> None:
        if step["type"].endswith(":Instance"):
            step["detailedDiff"]["instanceClass"]["diffKind"] = "update-replace"

    found = judged(other)
    (differs,) = [one for one in found.values() if not one.agrees]
    assert (differs.attribute, differs.real, differs.local) == (
        "instanceClass",
        "replace",
        "update",
    )


def test_a_difference_that_only_one_of_them_sees_is_told() -> None:
    def other(step: dict[str, Any]) -> None:
        if step["type"].endswith(":Instance"):
            del step["detailedDiff"]["instanceClass"]
            step["detailedDiff"]["port"] = {"diffKind": "update"}

    differ = [one for one in judged(other).values() if not one.agrees]
    assert [(one.attribute, one.real, one.local) for one in differ] == [
        ("instanceClass", None, "update"),
        ("port", "update", None),
    ]


def test_nested_properties_and_all_tags_count_for_the_property_that_the_program_gives() -> None:
    def other(step: dict[str, Any]) -> None:
        if step["type"].endswith(":Vpc"):
            step["new"]["inputs"]["tags"] = {"owner": "us"}
            step["detailedDiff"] |= {
                "tags.owner": {"diffKind": "add"},
                "tagsAll.owner": {"diffKind": "add"},
            }

    vpc = {key: one for key, one in judged(other).items() if key.startswith("network-vpc")}
    assert {key: (one.real, one.local) for key, one in vpc.items()} == {
        "network-vpc cidrBlock": ("replace", "replace"),
        "network-vpc tags": ("update", "update"),
    }


def test_a_plan_without_details_is_read_from_its_keys() -> None:
    def bare(step: dict[str, Any]) -> None:
        step["detailedDiff"] = None

    assert judged(bare)["network-endpoints-s3 vpcId"].real == "replace"
    assert judged(bare)["network-endpoints-s3 routeTableIds"].real == "update"


def test_an_unknown_type_agrees_with_nothing() -> None:
    def other(step: dict[str, Any]) -> None:
        if step["type"].endswith(":Vpc"):
            step["type"] = "aws:s3/bucket:Bucket"

    assert judged(other)["network-vpc cidrBlock"].local is None


def test_the_engines_errors_are_kept() -> None:
    event = {"diagnosticEvent": {"severity": "error", "message": "no credentials\n"}}
    assert errors([*LOG, json.dumps(event)]) == ["no credentials"]
