"""What moto loses or lacks, and this endpoint does not."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.endpoint.endpoint import REGION, Endpoint
from tests.endpoint.foundation import Foundation


@pytest.fixture
def ec2(endpoint: Endpoint) -> Any:
    return endpoint.client("ec2")


def test_gateway_endpoint_keeps_routes_in_step(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    first, second = (
        ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)
    )
    service = f"com.amazonaws.{REGION}.s3"
    gateway = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=service, VpcEndpointType="Gateway", RouteTableIds=[first]
    )["VpcEndpoint"]["VpcEndpointId"]

    def routed() -> set[str]:
        by_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
        tables = ec2.describe_route_tables(Filters=by_vpc)["RouteTables"]
        return {
            table["RouteTableId"]
            for table in tables
            if any(route.get("GatewayId") == gateway for route in table["Routes"])
        }

    assert routed() == {first}
    ec2.modify_vpc_endpoint(
        VpcEndpointId=gateway, AddRouteTableIds=[second], RemoveRouteTableIds=[first]
    )
    assert routed() == {second}
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=service, VpcEndpointType="Gateway", RouteTableIds=[second]
        )
    ec2.delete_route_table(RouteTableId=second)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[gateway])
    assert routed() == set()


def test_rule_keeps_its_description_and_can_be_changed(ec2: Any, foundation: Foundation) -> None:
    vpc = foundation.network.vpc
    own, other, third = (
        ec2.create_security_group(GroupName=f"rules-{name}", Description="x", VpcId=vpc)["GroupId"]
        for name in ("own", "other", "third")
    )
    rule = ec2.authorize_security_group_ingress(
        GroupId=own,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": other, "Description": "from the nodes"}],
            }
        ],
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    def described() -> dict[str, Any]:
        found = ec2.describe_security_group_rules(
            Filters=[{"Name": "security-group-rule-id", "Values": [rule]}]
        )
        return found["SecurityGroupRules"][0]

    def change(**values: Any) -> None:
        ec2.modify_security_group_rules(
            GroupId=own,
            SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": values}],
        )

    assert described()["Description"] == "from the nodes"
    traffic = {"IpProtocol": "tcp", "FromPort": 5433, "ToPort": 5433}
    change(**traffic, ReferencedGroupId=third, Description="moved")
    assert described()["ReferencedGroupInfo"]["GroupId"] == third
    assert (described()["FromPort"], described()["Description"]) == (5433, "moved")
    change(**traffic, CidrIpv4="10.0.0.0/8")
    assert described()["CidrIpv4"] == "10.0.0.0/8"
    assert "ReferencedGroupInfo" not in described()
    with pytest.raises(ClientError, match="Only one of"):
        change(**traffic, CidrIpv4="10.0.0.0/8", ReferencedGroupId=third)
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        change(**traffic, ReferencedGroupId="sg-12345678")


def test_template_tags_stay_out_of_its_data(ec2: Any) -> None:
    template = ec2.create_launch_template(
        LaunchTemplateName="tagged",
        LaunchTemplateData={
            "InstanceType": "t3.small",
            "TagSpecifications": [
                {"ResourceType": "instance", "Tags": [{"Key": "of", "Value": "instance"}]}
            ],
        },
        TagSpecifications=[
            {"ResourceType": "launch-template", "Tags": [{"Key": "of", "Value": "template"}]}
        ],
    )["LaunchTemplate"]
    assert template["Tags"] == [{"Key": "of", "Value": "template"}]
    version = ec2.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])
    data = version["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert [item["ResourceType"] for item in data["TagSpecifications"]] == ["instance"]


def test_key_of_a_log_group_can_be_changed(endpoint: Endpoint, foundation: Foundation) -> None:
    logs = endpoint.client("logs")
    logs.create_log_group(logGroupName="/own")

    def key() -> str | None:
        return logs.describe_log_groups(logGroupNamePrefix="/own")["logGroups"][0].get("kmsKeyId")

    logs.associate_kms_key(logGroupName="/own", kmsKeyId=foundation.key)
    assert key() == foundation.key
    logs.disassociate_kms_key(logGroupName="/own")
    assert key() is None
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.associate_kms_key(logGroupName="/none", kmsKeyId=foundation.key)


def test_rotation_period_of_a_key(endpoint: Endpoint) -> None:
    kms = endpoint.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=120)
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["RotationPeriodInDays"] == 120
    created = kms.describe_key(KeyId=key)["KeyMetadata"]["CreationDate"]
    assert (status["NextRotationDate"] - created).days == 120
    with pytest.raises(ClientError, match="RotationPeriodInDays 9999"):
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=9999)


def test_subnet_group_survives_a_change(endpoint: Endpoint, foundation: Foundation) -> None:
    rds = endpoint.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="changed",
        DBSubnetGroupDescription="before",
        SubnetIds=foundation.network.subnets,
    )
    rds.modify_db_subnet_group(
        DBSubnetGroupName="changed",
        DBSubnetGroupDescription="after",
        SubnetIds=foundation.network.subnets,
    )
    group = rds.describe_db_subnet_groups(DBSubnetGroupName="changed")["DBSubnetGroups"][0]
    assert group["DBSubnetGroupDescription"] == "after"
    assert len(group["Subnets"]) == 2


def test_parameters_can_be_reset(endpoint: Endpoint) -> None:
    rds = endpoint.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="reset", DBParameterGroupFamily="postgres18", Description="x"
    )

    def names() -> set[str]:
        found = rds.describe_db_parameters(DBParameterGroupName="reset", Source="user")
        return {parameter["ParameterName"] for parameter in found["Parameters"]}

    given = [
        {"ParameterName": name, "ParameterValue": "1", "ApplyMethod": "immediate"}
        for name in ("log_lock_waits", "log_connections")
    ]
    rds.modify_db_parameter_group(DBParameterGroupName="reset", Parameters=given)
    rds.reset_db_parameter_group(
        DBParameterGroupName="reset",
        Parameters=[{"ParameterName": "log_lock_waits", "ApplyMethod": "immediate"}],
    )
    assert names() == {"log_connections"}
    rds.reset_db_parameter_group(DBParameterGroupName="reset", ResetAllParameters=True)
    assert names() == set()
