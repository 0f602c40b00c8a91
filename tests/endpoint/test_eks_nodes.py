"""EKS node groups: what is sent comes back, what is wrong is refused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.endpoint.endpoint import Endpoint
from tests.endpoint.foundation import Foundation


def refused(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_node_group_comes_back_and_changes(
    endpoint: Endpoint, foundation: Foundation, eks: Any
) -> None:
    name = foundation.cluster()
    template = endpoint.client("ec2").create_launch_template(
        LaunchTemplateName=f"nodes-{name}",
        LaunchTemplateData={"MetadataOptions": {"HttpTokens": "required"}},
    )["LaunchTemplate"]["LaunchTemplateId"]
    sent: dict[str, Any] = {
        "scalingConfig": {"minSize": 1, "maxSize": 4, "desiredSize": 2},
        "instanceTypes": ["m7g.large"],
        "amiType": "AL2023_ARM_64_STANDARD",
        "capacityType": "SPOT",
        "labels": {"role": "general"},
        "taints": [{"key": "only", "value": "x", "effect": "NO_SCHEDULE"}],
        "updateConfig": {"maxUnavailablePercentage": 33},
        "nodeRepairConfig": {"enabled": True},
        "tags": {"team": "platform"},
    }
    where = {"clusterName": name, "nodegroupName": "main"}
    eks.create_nodegroup(
        **where,
        **sent,
        subnets=foundation.network.subnets,
        nodeRole=foundation.node_role,
        launchTemplate={"id": template, "version": "1"},
    )
    described = eks.describe_nodegroup(**where)["nodegroup"]
    assert {**described, **sent} == described
    assert described["launchTemplate"] == {
        "id": template,
        "name": f"nodes-{name}",
        "version": "1",
    }
    entry = eks.describe_access_entry(clusterName=name, principalArn=foundation.node_role)
    assert entry["accessEntry"]["type"] == "EC2_LINUX"
    eks.update_nodegroup_config(
        **where,
        scalingConfig={"desiredSize": 3},
        labels={"addOrUpdateLabels": {"tier": "web"}, "removeLabels": ["role"]},
        taints={
            "addOrUpdateTaints": [{"key": "new", "effect": "NO_EXECUTE"}],
            "removeTaints": [{"key": "only", "value": "x", "effect": "NO_SCHEDULE"}],
        },
    )
    changed = eks.describe_nodegroup(**where)["nodegroup"]
    assert changed["scalingConfig"] == {"minSize": 1, "maxSize": 4, "desiredSize": 3}
    assert changed["labels"] == {"tier": "web"}
    assert changed["taints"] == [{"key": "new", "effect": "NO_EXECUTE"}]
    with pytest.raises(ClientError, match="attached") as error:
        eks.delete_cluster(name=name)
    assert refused(error) == "ResourceInUseException"
    eks.delete_nodegroup(**where)
    eks.delete_cluster(name=name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scalingConfig": {"minSize": 3, "maxSize": 1, "desiredSize": 1}}, "greater than maximum"),
        ({"subnets": ["subnet-0"]}, "subnet-0"),
        ({"version": "1.35"}, "newer than the cluster's 1.34"),
        ({"launchTemplate": {"id": "lt-0"}}, "lt-0"),
        ({"instanceTypes": ["t3.large", "m7x.large"]}, r"do not exist: \[m7x\.large\]"),
        (
            {"instanceTypes": ["m7i.large", "m7g.large"]},
            r"\[m7g\.large\] is not a valid .* AL2023_x86_64_STANDARD",
        ),
        (
            {"instanceTypes": ["m7i.large"], "amiType": "BOTTLEROCKET_ARM_64"},
            r"\[m7i\.large\] is not a valid .* BOTTLEROCKET_ARM_64",
        ),
    ],
)
def test_wrong_node_group_is_refused(
    foundation: Foundation, eks: Any, cluster: str, change: dict[str, Any], message: str
) -> None:
    arguments = {
        "subnets": foundation.network.subnets,
        "nodeRole": foundation.node_role,
        **change,
    }
    with pytest.raises(ClientError, match=message) as error:
        eks.create_nodegroup(clusterName=cluster, nodegroupName="wrong", **arguments)
    assert refused(error) == "InvalidParameterException"
    assert eks.list_nodegroups(clusterName=cluster)["nodegroups"] == []
