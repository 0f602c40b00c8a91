"""EKS access entries and policies: who may enter a cluster, and how far."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.endpoint.endpoint import ACCOUNT, ENGINEER, Endpoint
from tests.endpoint.foundation import Foundation

POLICY = "arn:aws:eks::aws:cluster-access-policy/"
VIEW = POLICY + "AmazonEKSViewPolicy"


def refused(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_access_entry_and_policies(endpoint: Endpoint, foundation: Foundation, eks: Any) -> None:
    name = foundation.cluster()
    where = {"clusterName": name, "principalArn": ENGINEER}
    eks.create_access_entry(**where, kubernetesGroups=["a"], tags={"x": "y"})
    with pytest.raises(ClientError) as error:
        eks.create_access_entry(**where)
    assert refused(error) == "ResourceInUseException"
    eks.update_access_entry(**where, kubernetesGroups=["b", "c"], username="me")
    entry = eks.describe_access_entry(**where)["accessEntry"]
    assert (entry["kubernetesGroups"], entry["username"]) == (["b", "c"], "me")
    scope = {"type": "namespace", "namespaces": ["team-*"]}
    eks.associate_access_policy(**where, policyArn=VIEW, accessScope=scope)
    listed = eks.list_associated_access_policies(**where)["associatedAccessPolicies"]
    assert [(item["policyArn"], item["accessScope"]) for item in listed] == [(VIEW, scope)]
    assert eks.list_access_entries(clusterName=name, associatedPolicyArn=VIEW)["accessEntries"] == [
        ENGINEER
    ]
    eks.delete_access_entry(**where)
    with pytest.raises(ClientError) as error:
        eks.describe_access_entry(**where)
    assert refused(error) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"principalArn": f"arn:aws:iam::{ACCOUNT}:role/none"}, "invalid principal"),
        ({"kubernetesGroups": ["system:masters"]}, "system:masters"),
        ({"type": "EC2_LINUX", "username": "me"}, "EC2_LINUX"),
        ({"type": "WRONG"}, "WRONG"),
    ],
)
def test_wrong_access_entry_is_refused(
    eks: Any, cluster: str, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        eks.create_access_entry(**{"clusterName": cluster, "principalArn": ENGINEER, **change})


def test_unknown_access_policy_is_refused(foundation: Foundation, eks: Any) -> None:
    name = foundation.cluster()
    where = {"clusterName": name, "principalArn": ENGINEER}
    eks.create_access_entry(**where)
    with pytest.raises(ClientError, match="AmazonEKSNoPolicy is none of"):
        eks.associate_access_policy(
            **where, policyArn=POLICY + "AmazonEKSNoPolicy", accessScope={"type": "cluster"}
        )
    with pytest.raises(ClientError, match="at least one namespace"):
        eks.associate_access_policy(
            **where, policyArn=VIEW, accessScope={"type": "namespace", "namespaces": []}
        )


def test_entries_need_their_authentication_mode(foundation: Foundation, eks: Any) -> None:
    name = foundation.cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})
    with pytest.raises(ClientError, match="authentication mode") as error:
        eks.create_access_entry(clusterName=name, principalArn=ENGINEER)
    assert refused(error) == "InvalidRequestException"


def test_lists_come_in_pages(eks: Any) -> None:
    first = eks.list_access_policies(maxResults=2)
    rest = eks.list_access_policies(nextToken=first["nextToken"])
    names = [policy["name"] for policy in [*first["accessPolicies"], *rest["accessPolicies"]]]
    assert len(names) == len(set(names)) == 5
