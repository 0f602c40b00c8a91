"""What holds for every resource type: secrets, unknowns, names, regions, tags, errors."""

from __future__ import annotations

import json
import time
from typing import Any

import boto3
import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as wire

from local.plugins.aws.provider import AwsPlugin
from local.plugins.framework.values import UNKNOWN, Secret, encode, has_unknown, plain
from tests.endpoint.endpoint import ACCOUNT
from tests.plugins.host import REGION, Host, RejectedError, half_made, hosted
from tests.plugins.world import World, trust

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROLE = "aws:iam/role:Role"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
CLUSTER = "aws:eks/cluster:Cluster"
INSTANCE = "aws:rds/instance:Instance"
DATABASE = {
    "engine": "postgres",
    "engineVersion": "18",
    "instanceClass": "db.t4g.micro",
    "allocatedStorage": 20,
    "username": "platform",
    "manageMasterUserPassword": True,
}


@pytest.mark.parametrize(
    ("region", "change"),
    [("eu-west-1", wire.DiffResponse.DIFF_NONE), ("eu-west-2", wire.DiffResponse.DIFF_SOME)],
)
def test_the_engine_is_told_of_a_changed_region(host: Host, region: str, change: int) -> None:
    """Otherwise it would go on with a provider of the old one."""
    olds, news = encode({"region": "eu-west-1"}), encode({"region": region})
    told = host.stub.DiffConfig(wire.DiffRequest(old_inputs=olds, olds=olds, news=news))
    assert told.changes == change
    assert not told.replaces


def test_unknown_type_is_an_error_that_names_it(host: Host) -> None:
    with pytest.raises(grpc.RpcError, match=r"aws:s3/bucket:Bucket.*'assets'"):
        host.check("aws:s3/bucket:Bucket", "assets", {})


def test_unknown_function_is_an_error_that_names_it(host: Host) -> None:
    with pytest.raises(grpc.RpcError, match="aws:ec2/getAmi:getAmi"):
        host.invoke("aws:ec2/getAmi:getAmi")


def test_functions(host: Host) -> None:
    identity = host.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert identity["accountId"] == ACCOUNT
    assert identity["arn"].startswith("arn:aws:")
    partition = host.invoke("aws:index/getPartition:getPartition")
    assert (partition["partition"], partition["dnsSuffix"]) == ("aws", "amazonaws.com")
    sovereign = {"region": "eusc-de-east-1"}
    partition = host.invoke("aws:index/getPartition:getPartition", sovereign)
    assert partition["partition"] == "aws-eusc"
    assert (partition["dnsSuffix"], partition["reverseDnsPrefix"]) == (
        "amazonaws.eu",
        "eu.amazonaws",
    )
    assert host.invoke("aws:index/getRegion:getRegion", sovereign)["name"] == "eusc-de-east-1"
    assert host.invoke("aws:index/getRegion:getRegion")["region"] == REGION
    other = host.invoke("aws:index/getRegion:getRegion", {"region": "eu-central-1"})
    assert other["name"] == "eu-central-1"
    with pytest.raises(grpc.RpcError, match="filters"):
        host.invoke("aws:index/getRegion:getRegion", {"filters": []})


def test_a_session_counts_as_its_role(host: Host, world: World) -> None:
    role = host.create(
        ROLE,
        "deployment",
        {"name": "deployment", "path": "/ci/", "assumeRolePolicy": trust("ec2.amazonaws.com")},
    )
    token = "aws:iam/getSessionContext:getSessionContext"
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployment/job-17"
    context = host.invoke(token, {"arn": arn})
    assert context["issuerArn"] == role["arn"]
    assert (context["issuerName"], context["sessionName"]) == ("deployment", "job-17")
    user = f"arn:aws:iam::{ACCOUNT}:user/ada"
    assert host.invoke(token, {"arn": user})["issuerArn"] == user
    with pytest.raises(grpc.RpcError, match="nobody"):
        host.invoke(token, {"arn": arn.replace("deployment", "nobody")})
    host.delete(role)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        (SUBNET, {"vpcId": UNKNOWN, "cidrBlock": UNKNOWN, "tags": {"Name": UNKNOWN}}),
        (ROLE, {"assumeRolePolicy": {"Statement": [{"Principal": {"AWS": UNKNOWN}}]}}),
        (GROUP, {"vpcId": UNKNOWN, "ingress": [UNKNOWN], "egress": UNKNOWN, "tags": UNKNOWN}),
        (
            CLUSTER,
            {
                "roleArn": UNKNOWN,
                "vpcConfig": {"subnetIds": [UNKNOWN, "subnet-1"]},
                "encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": UNKNOWN}},
                "enabledClusterLogTypes": UNKNOWN,
            },
        ),
        (
            "aws:rds/parameterGroup:ParameterGroup",
            {"family": "postgres18", "parameters": [{"name": "a", "value": UNKNOWN}]},
        ),
        (
            "aws:ec2/route:Route",
            {"routeTableId": UNKNOWN, "destinationCidrBlock": UNKNOWN, "gatewayId": UNKNOWN},
        ),
    ],
)
def test_unknowns_pass_at_any_depth(kind: str, inputs: dict[str, Any], host: Host) -> None:
    outputs = host.preview(kind, "later", inputs)
    for key, value in inputs.items():
        assert has_unknown(outputs[key]) or plain(outputs[key]) == value


def test_a_fault_beside_an_unknown_is_found(host: Host) -> None:
    with pytest.raises(RejectedError) as caught:
        host.check(SUBNET, "later", {"vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/8"})
    assert list(caught.value.failures) == ["cidrBlock"]


def test_secrets_stay_secret_wherever_they_lie(host: Host, world: World) -> None:
    inputs = {
        "vpcId": world.vpc,
        "cidrBlock": world.subnet_block(),
        "tags": {"Name": Secret(value="first-secret"), "Other": "plain"},
    }
    state = host.create(SUBNET, "secret", inputs)
    assert state.inputs["tags"]["Name"] == Secret(value="first-secret")
    assert state.outputs["tags"]["Name"] == Secret(value="first-secret")
    assert state.outputs["tagsAll"]["Name"] == Secret(value="first-secret")
    assert state.outputs["tags"]["Other"] == "plain"
    assert host.refresh(state) == state
    changed = {**inputs, "tags": {"Name": Secret(value="second-secret")}}
    updated = host.update(state, changed)
    assert updated.outputs["tagsAll"] == {"Name": Secret(value="second-secret")}
    host.delete(updated)


def test_messages_do_not_show_secrets(host: Host) -> None:
    inputs = {"cidrBlock": Secret(value="hunter2/99"), "tags": {"a": Secret(value="x" * 300)}}
    with pytest.raises(RejectedError) as caught:
        host.check(VPC, "secret", inputs)
    assert set(caught.value.failures) == {"cidrBlock", "tags.a"}
    assert "hunter2" not in str(caught.value)
    assert "xxx" not in str(caught.value)


def test_password_is_secret_without_being_asked_and_never_in_messages(host: Host) -> None:
    inputs = {
        "engine": "postgres",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "username": "platform",
        "password": "correct horse",
        "dbSubnetGroupName": "there-is-no-such-group",
        "skipFinalSnapshot": True,
    }
    checked = host.check(INSTANCE, "database", inputs)
    assert checked["password"] == Secret(value="correct horse")
    with pytest.raises(grpc.RpcError) as caught:
        host.create(INSTANCE, "database", inputs)
    assert "DBSubnetGroup" in str(caught.value)
    assert "correct horse" not in str(caught.value)


def test_error_says_resource_operation_code_and_what_was_sent(host: Host) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        host.create(SUBNET, "lost", {"vpcId": "vpc-0123", "cidrBlock": "10.0.0.0/24"})
    for part in ("aws:ec2/subnet:Subnet 'lost'", "ec2:CreateSubnet", "InvalidVpcID", "vpc-0123"):
        assert part in str(caught.value)


def test_automatic_names_are_new_for_an_object_and_stay_for_it(host: Host) -> None:
    inputs = {"assumeRolePolicy": trust("ec2.amazonaws.com")}
    state = host.create(ROLE, "worker" * 20, inputs)
    assert state["name"].startswith("worker")
    assert len(state["name"]) <= 64
    assert not host.diff(state, inputs)
    again = host.check(ROLE, "worker" * 20, inputs)
    assert again["name"] != state["name"]
    difference = host.diff(state, {**inputs, "path": "/teams/"})
    assert difference.replaces == ["path"]
    assert not difference.delete_first
    host.delete(state)


def test_name_prefix(host: Host) -> None:
    inputs = {"assumeRolePolicy": trust("ec2.amazonaws.com"), "namePrefix": "worker-"}
    state = host.create(ROLE, "role", inputs)
    assert state["name"].startswith("worker-2")
    assert not host.diff(state, inputs)
    assert "name" in host.diff(state, {**inputs, "namePrefix": "other-"}).replaces
    with pytest.raises(RejectedError, match="conflicts"):
        host.check(ROLE, "role", {**inputs, "name": "worker"})
    host.delete(state)


def test_order_does_not_matter_where_aws_has_sets(host: Host) -> None:
    rule = {"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": ["10.0.0.0/8"]}
    other = {**rule, "fromPort": 2, "toPort": 2, "cidrBlocks": ["10.0.0.0/8", "172.16.0.0/12"]}
    vpc = host.create(VPC, "sets", {"cidrBlock": "10.0.0.0/16"})
    state = host.create(GROUP, "sets", {"vpcId": vpc.id, "ingress": [rule, other]})
    turned = {**other, "cidrBlocks": ["172.16.0.0/12", "10.0.0.0/8"]}
    assert not host.diff(state, {"vpcId": vpc.id, "ingress": [turned, rule]})
    assert host.diff(state, {"vpcId": vpc.id, "ingress": [turned]})
    host.delete(state)
    host.delete(vpc)


def test_policies_are_compared_by_meaning(host: Host) -> None:
    role = {
        "assumeRolePolicy": '{"Version":"2012-10-17","Statement":{"Effect":"Allow",'
        '"Action":["sts:AssumeRole"],"Principal":{"Service":"ec2.amazonaws.com"}}}'
    }
    state = host.create(ROLE, "meaning", role)
    assert not host.diff(state, {"assumeRolePolicy": trust("ec2.amazonaws.com")})
    assert host.diff(state, {"assumeRolePolicy": trust("eks.amazonaws.com")})
    assert host.refresh(state) == state
    host.delete(state)


def test_region_of_a_resource(host: Host) -> None:
    state = host.create(VPC, "far", {"cidrBlock": "10.0.0.0/16", "region": "us-west-2"})
    assert state["region"] == "us-west-2"
    assert ":us-west-2:" in state["arn"]
    far = boto3.client("ec2", region_name="us-west-2")
    assert far.describe_vpcs(VpcIds=[state.id])["Vpcs"]
    assert host.read(VPC, "far", state.id) is None
    imported = host.read(VPC, "far", f"{state.id}@us-west-2")
    assert imported is not None
    assert imported.inputs["region"] == "us-west-2"
    assert host.diff(state, {"cidrBlock": "10.0.0.0/16"}).replaces == ["region"]
    host.delete(state)
    assert host.refresh(state) is None


def test_default_tags(endpoint: str) -> None:
    settings = {"region": REGION, "defaultTags": '{"tags": {"Team": "platform", "Name": "x"}}'}
    inputs = {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "mine"}}
    with hosted(AwsPlugin(), settings) as host:
        state = host.create(VPC, "tagged", inputs)
        assert state["tags"] == {"Name": "mine"}
        assert state["tagsAll"] == {"Name": "mine", "Team": "platform"}
        assert host.refresh(state) == state
        assert not host.diff(state, inputs)
    with hosted(AwsPlugin(), {"region": REGION}) as host:
        assert host.diff(state, inputs).kinds == {"tagsAll.Team": "DELETE"}
        assert host.update(state, inputs)["tagsAll"] == {"Name": "mine"}
        host.delete(state)


def test_provider_settings_are_checked(host: Host) -> None:
    request = wire.CheckRequest(
        urn="urn:pulumi:test::groundwork::pulumi:providers:aws::default",
        news=encode(
            {"region": REGION, "profile": "work", "ignoreTags": "{}", "regoin": "eu-west-1"}
        ),
    )
    response = host.stub.CheckConfig(request)
    assert {failure.property for failure in response.failures} == {"ignoreTags", "regoin"}


def test_delete_waits_for_what_depends_on_it_and_then_says_so(host: Host) -> None:
    vpc = host.create(VPC, "used", {"cidrBlock": "10.0.0.0/16"})
    subnet = host.create(SUBNET, "used", {"vpcId": vpc.id, "cidrBlock": "10.0.0.0/24"})
    start = time.monotonic()
    with pytest.raises(grpc.RpcError, match="DependencyViolation"):
        host.delete(vpc, timeout=0.3)
    assert time.monotonic() - start >= 0.3
    host.delete(subnet)
    host.delete(vpc)
    assert host.refresh(vpc) is None


def test_half_made_object_is_kept_and_finished_by_the_next_run(host: Host) -> None:
    kind = "aws:ec2/internetGateway:InternetGateway"
    inputs = {"vpcId": "vpc-0123", "tags": {"Name": Secret(value="hidden-name")}}
    with pytest.raises(grpc.RpcError, match="AttachInternetGateway") as caught:
        host.create(kind, "half", inputs)
    state = half_made(kind, "half", caught.value)
    assert state.id.startswith("igw-")
    assert state.inputs["vpcId"] == "vpc-0123"
    assert "vpcId" not in state.outputs
    assert state.outputs["tags"]["Name"] == Secret(value="hidden-name")
    with pytest.raises(grpc.RpcError, match="AttachInternetGateway"):
        host.update(state, inputs)
    vpc = host.create(VPC, "half", {"cidrBlock": "10.0.0.0/16"})
    finished = host.update(state, {**inputs, "vpcId": vpc.id})
    assert finished["vpcId"] == vpc.id
    host.delete(finished)
    host.delete(vpc)


def test_deletion_protection_is_passed_on(host: Host, world: World) -> None:
    inputs = {
        "roleArn": world.cluster_role,
        "vpcConfig": {"subnetIds": world.subnets[:2]},
        "deletionProtection": True,
    }
    state = host.create(CLUSTER, "protected", inputs)
    with pytest.raises(grpc.RpcError, match=r"(?i)protect"):
        host.delete(state, timeout=1)
    host.delete(host.update(state, {**inputs, "deletionProtection": False}))


def test_managed_password_is_never_seen(host: Host, world: World) -> None:
    inputs = {**DATABASE, "dbSubnetGroupName": world.subnet_group, "skipFinalSnapshot": True}
    state = host.create(INSTANCE, "managed", inputs)
    arn = state["masterUserSecrets"][0]["secretArn"]
    value = boto3.client("secretsmanager", region_name=REGION).get_secret_value(SecretId=arn)
    password = json.loads(value["SecretString"])["password"]
    assert password not in str(plain(state.outputs))
    assert "password" not in state.outputs
    host.delete(state)


def test_snapshot_name_is_needed_to_delete(host: Host, world: World) -> None:
    inputs = {**DATABASE, "dbSubnetGroupName": world.subnet_group, "skipFinalSnapshot": False}
    state = host.create(INSTANCE, "kept", inputs)
    with pytest.raises(grpc.RpcError, match="finalSnapshotIdentifier is required"):
        host.delete(state)
    state = host.update(state, {**inputs, "finalSnapshotIdentifier": "kept-final"})
    host.delete(state)
    assert boto3.client("rds", region_name=REGION).describe_db_snapshots(
        DBSnapshotIdentifier="kept-final"
    )["DBSnapshots"]
