"""The EKS API: what is sent comes back, what is wrong is refused as AWS refuses it."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud.endpoint import ACCOUNT, ENGINEER, REGION, Endpoint
from tests.cloud.foundation import Foundation

POLICY = "arn:aws:eks::aws:cluster-access-policy/"
VIEW = POLICY + "AmazonEKSViewPolicy"


@pytest.fixture
def eks(endpoint: Endpoint) -> Any:
    return endpoint.client("eks")


@pytest.fixture(scope="module")
def cluster(foundation: Foundation) -> str:
    return foundation.cluster()


def refused(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_cluster_comes_back_as_it_was_sent(
    endpoint: Endpoint, foundation: Foundation, eks: Any
) -> None:
    sent: dict[str, Any] = {
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.30.0.0/16", "ipFamily": "ipv4"},
        "encryptionConfig": [
            {"resources": ["secrets"], "provider": {"keyArn": foundation.key}},
        ],
        "accessConfig": {
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": False,
        },
        "upgradePolicy": {"supportType": "STANDARD"},
        "zonalShiftConfig": {"enabled": True},
        "tags": {"team": "platform"},
    }
    network = {
        "subnetIds": foundation.network.subnets,
        "securityGroupIds": [foundation.network.security_group],
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
    }
    name = foundation.cluster(
        **sent,
        resourcesVpcConfig=network,
        logging={"clusterLogging": [{"types": ["audit", "api"], "enabled": True}]},
    )
    described = eks.describe_cluster(name=name)["cluster"]
    for field, value in sent.items():
        got = described[field]
        assert {**got, **value} == got if isinstance(value, dict) else got == value, field
    got = described["resourcesVpcConfig"]
    assert {**got, **network} == got
    assert got["vpcId"] == foundation.network.vpc
    assert described["status"] == "ACTIVE"
    assert described["endpoint"] == endpoint.config["kubernetes_endpoint"]
    authority = base64.b64decode(described["certificateAuthority"]["data"])
    assert authority == endpoint.authority.read_bytes()
    assert described["logging"]["clusterLogging"][0] == {
        "types": ["api", "audit"],
        "enabled": True,
    }
    issuer = described["identity"]["oidc"]["issuer"]
    assert issuer.startswith(f"https://oidc.eks.{REGION}.amazonaws.com/id/")


def test_cluster_security_group_is_real_and_goes_with_the_cluster(
    endpoint: Endpoint, foundation: Foundation, eks: Any
) -> None:
    name = foundation.cluster()
    group = eks.describe_cluster(name=name)["cluster"]["resourcesVpcConfig"][
        "clusterSecurityGroupId"
    ]
    ec2 = endpoint.client("ec2")
    found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert found["VpcId"] == foundation.network.vpc
    assert found["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group
    eks.delete_cluster(name=name)
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        ec2.describe_security_groups(GroupIds=[group])
    with pytest.raises(ClientError) as error:
        eks.describe_cluster(name=name)
    assert refused(error) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"version": "1.12"}, "InvalidParameterException", "1.12"),
        ({"roleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}, "InvalidParameterException", "none"),
        (
            {"resourcesVpcConfig": {"subnetIds": ["subnet-0", "subnet-1"]}},
            "InvalidParameterException",
            "subnet-0",
        ),
        (
            {
                "encryptionConfig": [
                    {
                        "resources": ["secrets"],
                        "provider": {"keyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/none"},
                    }
                ]
            },
            "InvalidParameterException",
            "key/none",
        ),
    ],
)
def test_wrong_cluster_is_refused(
    foundation: Foundation, eks: Any, change: dict[str, Any], code: str, message: str
) -> None:
    before = eks.list_clusters()["clusters"]
    with pytest.raises(ClientError, match=message) as error:
        foundation.cluster(**change)
    assert refused(error) == code
    assert eks.list_clusters()["clusters"] == before


def test_role_must_trust_the_service(foundation: Foundation) -> None:
    with pytest.raises(ClientError, match=r"does not allow eks\.amazonaws\.com"):
        foundation.cluster(roleArn=foundation.node_role)


def test_subnets_of_one_zone_are_not_enough(foundation: Foundation) -> None:
    one = foundation.network.subnets[:1]
    with pytest.raises(ClientError, match="at least 2 different AZs"):
        foundation.cluster(resourcesVpcConfig={"subnetIds": one})


def test_name_is_taken_once(foundation: Foundation, cluster: str) -> None:
    with pytest.raises(ClientError) as error:
        foundation.cluster(cluster)
    assert refused(error) == "ResourceInUseException"


@pytest.mark.parametrize(
    "change",
    [
        {"deletionProtection": True},
        {"upgradePolicy": {"supportType": "STANDARD"}},
        {"zonalShiftConfig": {"enabled": True}},
        {
            "resourcesVpcConfig": {
                "endpointPrivateAccess": True,
                "publicAccessCidrs": ["1.2.3.0/24"],
            }
        },
    ],
)
def test_settings_can_be_changed(foundation: Foundation, eks: Any, change: dict[str, Any]) -> None:
    name = foundation.cluster()
    update = eks.update_cluster_config(name=name, **change)["update"]
    assert eks.describe_update(name=name, updateId=update["id"])["update"]["status"] == "Successful"
    described = eks.describe_cluster(name=name)["cluster"]
    for field, value in change.items():
        got = described[field]
        assert {**got, **value} == got if isinstance(value, dict) else got == value
    with pytest.raises(ClientError, match="No changes needed"):
        eks.update_cluster_config(name=name, **change)


def test_logging_adds_up(foundation: Foundation, eks: Any) -> None:
    name = foundation.cluster()
    for types, enabled in ((["api", "audit"], True), (["api"], False)):
        eks.update_cluster_config(
            name=name, logging={"clusterLogging": [{"types": types, "enabled": enabled}]}
        )
    setups = eks.describe_cluster(name=name)["cluster"]["logging"]["clusterLogging"]
    assert setups[0] == {"types": ["audit"], "enabled": True}


def test_one_kind_of_change_at_a_time(eks: Any, cluster: str) -> None:
    with pytest.raises(ClientError, match="Only one type of update"):
        eks.update_cluster_config(
            name=cluster, deletionProtection=True, zonalShiftConfig={"enabled": True}
        )


def test_protected_cluster_stays(foundation: Foundation, eks: Any) -> None:
    name = foundation.cluster(deletionProtection=True)
    with pytest.raises(ClientError, match="deletion protection") as error:
        eks.delete_cluster(name=name)
    assert refused(error) == "InvalidRequestException"


def test_version_goes_up_by_one(foundation: Foundation, eks: Any) -> None:
    name = foundation.cluster()
    for version in ("1.36", "1.33", "1.34"):
        with pytest.raises(ClientError):
            eks.update_cluster_version(name=name, version=version)
    eks.update_cluster_version(name=name, version="1.35")
    assert eks.describe_cluster(name=name)["cluster"]["version"] == "1.35"


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
    with pytest.raises(ClientError, match=message):
        eks.create_nodegroup(clusterName=cluster, nodegroupName="wrong", **arguments)
    assert eks.list_nodegroups(clusterName=cluster)["nodegroups"] == []


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


def test_everything_can_be_tagged(foundation: Foundation, eks: Any) -> None:
    name = foundation.cluster()
    arns = [
        eks.describe_cluster(name=name)["cluster"]["arn"],
        eks.create_addon(clusterName=name, addonName="coredns")["addon"]["addonArn"],
        eks.create_access_entry(clusterName=name, principalArn=ENGINEER)["accessEntry"][
            "accessEntryArn"
        ],
        eks.create_pod_identity_association(
            clusterName=name, namespace="a", serviceAccount="b", roleArn=foundation.pod_role
        )["association"]["associationArn"],
        eks.create_nodegroup(
            clusterName=name,
            nodegroupName="main",
            subnets=foundation.network.subnets,
            nodeRole=foundation.node_role,
        )["nodegroup"]["nodegroupArn"],
    ]
    for arn in arns:
        eks.tag_resource(resourceArn=arn, tags={"one": "1", "two": "2"})
        eks.untag_resource(resourceArn=arn, tagKeys=["one"])
        assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"two": "2"}
    with pytest.raises(ClientError) as error:
        eks.tag_resource(resourceArn=arns[0] + "x", tags={"a": "b"})
    assert refused(error) == "NotFoundException"


def test_lists_come_in_pages(eks: Any) -> None:
    first = eks.list_access_policies(maxResults=2)
    rest = eks.list_access_policies(nextToken=first["nextToken"])
    names = [policy["name"] for policy in [*first["accessPolicies"], *rest["accessPolicies"]]]
    assert len(names) == len(set(names)) == 5
