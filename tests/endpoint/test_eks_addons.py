"""EKS add-ons and Pod Identity: roles for the software in a cluster."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.endpoint.endpoint import ACCOUNT
from tests.endpoint.foundation import Foundation


def refused(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_addon_with_pod_identity(foundation: Foundation, eks: Any, cluster: str) -> None:
    where = {"clusterName": cluster, "addonName": "vpc-cni"}
    offered = eks.describe_addon_versions(kubernetesVersion="1.34", addonName="vpc-cni")["addons"]
    versions = [item["addonVersion"] for item in offered[0]["addonVersions"]]
    configuration = json.dumps({"env": {"ENABLE_PREFIX_DELEGATION": "true"}})
    eks.create_addon(
        **where,
        addonVersion=versions[-1],
        configurationValues=configuration,
        resolveConflicts="OVERWRITE",
        podIdentityAssociations=[{"serviceAccount": "aws-node", "roleArn": foundation.pod_role}],
        tags={"a": "b"},
    )
    addon = eks.describe_addon(**where)["addon"]
    assert (addon["addonVersion"], addon["status"]) == (versions[-1], "ACTIVE")
    assert addon["configurationValues"] == configuration
    owned = eks.list_pod_identity_associations(clusterName=cluster)["associations"]
    assert [item["associationArn"] for item in owned] == addon["podIdentityAssociations"]
    assert owned[0]["ownerArn"] == addon["addonArn"]
    with pytest.raises(ClientError, match="belongs to"):
        eks.delete_pod_identity_association(
            clusterName=cluster, associationId=owned[0]["associationId"]
        )
    eks.update_addon(**where, addonVersion=versions[0], podIdentityAssociations=[])
    addon = eks.describe_addon(**where)["addon"]
    assert addon["addonVersion"] == versions[0]
    assert eks.list_pod_identity_associations(clusterName=cluster)["associations"] == []
    eks.delete_addon(**where)
    assert eks.list_addons(clusterName=cluster)["addons"] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"addonName": "no-such-thing"}, "no-such-thing"),
        ({"addonVersion": "v0.0.1-eksbuild.1"}, "v0.0.1-eksbuild.1"),
        ({"configurationValues": "[1, 2"}, "neither JSON nor YAML"),
        (
            {"podIdentityAssociations": [{"serviceAccount": "other", "roleArn": "arn:x"}]},
            "no service account other",
        ),
        ({"serviceAccountRoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}, "role/none"),
        ({"clusterName": "nowhere"}, "No cluster found for name: nowhere"),
    ],
)
def test_wrong_addon_is_refused(
    eks: Any, cluster: str, change: dict[str, Any], message: str
) -> None:
    arguments = {"clusterName": cluster, "addonName": "vpc-cni", **change}
    with pytest.raises(ClientError, match=message.replace("[", r"\[")):
        eks.create_addon(**arguments)
    assert eks.list_addons(clusterName=cluster)["addons"] == []


def test_pod_identity_association(foundation: Foundation, eks: Any, cluster: str) -> None:
    pod = {"clusterName": cluster, "namespace": "apps", "serviceAccount": "reader"}
    made = eks.create_pod_identity_association(**pod, roleArn=foundation.pod_role)["association"]
    where = {"clusterName": cluster, "associationId": made["associationId"]}
    with pytest.raises(ClientError) as error:
        eks.create_pod_identity_association(**pod, roleArn=foundation.pod_role)
    assert refused(error) == "ResourceInUseException"
    other = foundation.role("pods.eks.amazonaws.com")
    eks.update_pod_identity_association(**where, roleArn=other, disableSessionTags=True)
    described = eks.describe_pod_identity_association(**where)["association"]
    assert (described["roleArn"], described["disableSessionTags"]) == (other, True)
    with pytest.raises(ClientError, match=r"pods\.eks\.amazonaws\.com"):
        eks.update_pod_identity_association(**where, roleArn=foundation.node_role)
    found = eks.list_pod_identity_associations(clusterName=cluster, namespace="apps")
    assert [item["associationId"] for item in found["associations"]] == [made["associationId"]]
    eks.delete_pod_identity_association(**where)
    with pytest.raises(ClientError) as error:
        eks.describe_pod_identity_association(**where)
    assert refused(error) == "ResourceNotFoundException"
