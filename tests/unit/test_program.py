"""The whole program, under a recording engine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.unit.program import recorded_stack
from tests.unit.recording import Recording
from tests.unit.stack_files import ROOT, STACKS

# As local/aws has them: what is not here cannot run on one machine.
ALLOWED_TYPES = {
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/eip:Eip",
    "aws:ec2/flowLog:FlowLog",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/addon:Addon",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
    "aws:kms/key:Key",
    "aws:rds/instance:Instance",
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:secretsmanager/secret:Secret",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
}


@pytest.fixture(scope="module", params=STACKS)
def recording(request: pytest.FixtureRequest) -> Recording:
    return recorded_stack(request.param)


def test_uses_only_types_that_the_local_cloud_has(recording: Recording) -> None:
    used = {one.type for one in recording.resources if one.type.startswith("aws:")}
    assert used <= ALLOWED_TYPES


def test_exports_what_a_user_needs_and_no_password(recording: Recording) -> None:
    exports = recording.exports()
    assert exports["schema_revision"] == "a2c95e07b4d1"
    assert exports["database_address"] == "database.example"
    assert "get-token" in exports["kubeconfig"]
    assert "password" not in json.dumps(exports)


def test_nothing_waits_for_a_component_in_vain(recording: Recording) -> None:
    """Every dependency is a resource that the engine keeps in order, also on destroy."""
    known = {one.urn for one in recording.resources}
    assert all(one.dependencies <= known for one in recording.resources)


def test_imports_nothing_heavy() -> None:
    """Alembic and boto3 belong to the migration's own process, moto to the local cloud."""
    script = (
        "import sys; from tests.unit.program import recorded_stack; recorded_stack('local');"
        "print([m for m in ('alembic','boto3','botocore','moto','sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
