"""EKS clusters: what is sent comes back, what is wrong is refused as AWS refuses it."""

import base64
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.endpoint.endpoint import ACCOUNT, ENGINEER, REGION, Endpoint
from tests.endpoint.foundation import Foundation


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


def test_subnets_change_within_the_zones_of_the_creation(
    endpoint: Endpoint, foundation: Foundation, eks: Any
) -> None:
    first, second = foundation.network.subnets
    other_first, third = (
        endpoint.client("ec2").create_subnet(
            VpcId=foundation.network.vpc,
            CidrBlock=f"10.0.{number}.0/24",
            AvailabilityZone=REGION + zone,
        )["Subnet"]["SubnetId"]
        for number, zone in ((100, "a"), (101, "c"))
    )
    name = foundation.cluster()
    for wrong in ([first, third], [first, second, third]):
        with pytest.raises(ClientError, match=f"exact set of AZs '{REGION}a,{REGION}b'") as error:
            eks.update_cluster_config(name=name, resourcesVpcConfig={"subnetIds": wrong})
        assert refused(error) == "InvalidParameterException"
    eks.update_cluster_config(name=name, resourcesVpcConfig={"subnetIds": [other_first, second]})
    described = eks.describe_cluster(name=name)["cluster"]["resourcesVpcConfig"]
    assert described["subnetIds"] == [other_first, second]
    wide = foundation.cluster(resourcesVpcConfig={"subnetIds": [first, second, third]})
    with pytest.raises(ClientError, match=f"belong to the AZs '{REGION}a,{REGION}b'"):
        eks.update_cluster_config(name=wide, resourcesVpcConfig={"subnetIds": [first, second]})


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
