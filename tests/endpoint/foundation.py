"""What most AWS resources stand on, made with boto3: a network, roles, keys, a cluster."""

import json
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.endpoint.endpoint import Endpoint


@dataclass(frozen=True)
class Network:
    vpc: str
    subnets: list[str]
    security_group: str


class Foundation:
    """Makes things in one endpoint, each once."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    @cached_property
    def network(self) -> Network:
        ec2 = self.endpoint.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(
                VpcId=vpc,
                CidrBlock=f"10.0.{number}.0/24",
                AvailabilityZone=self.endpoint.region + zone,
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        ]
        group = ec2.create_security_group(GroupName="own", Description="x", VpcId=vpc)["GroupId"]
        return Network(vpc, subnets, group)

    @cached_property
    def key(self) -> str:
        return self.endpoint.client("kms").create_key()["KeyMetadata"]["Arn"]

    @cached_property
    def cluster_role(self) -> str:
        return self.role("eks.amazonaws.com")

    @cached_property
    def node_role(self) -> str:
        return self.role("ec2.amazonaws.com")

    @cached_property
    def pod_role(self) -> str:
        return self.role("pods.eks.amazonaws.com")

    def role(self, service: str, name: str | None = None) -> str:
        return self.role_for({"Service": service}, name)

    def role_for(self, principal: dict[str, Any], name: str | None = None) -> str:
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        created = self.endpoint.client("iam").create_role(
            RoleName=name or f"role-{uuid.uuid4().hex[:8]}", AssumeRolePolicyDocument=document
        )
        return created["Role"]["Arn"]

    def user(self, name: str) -> tuple[str, dict[str, str]]:
        """Creates an IAM user; returns its ARN and boto3 credentials."""
        iam = self.endpoint.client("iam")
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return arn, {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }

    def cluster(self, name: str | None = None, **more: Any) -> str:
        """Creates an EKS cluster with access entries only; returns its name."""
        name = name or f"cluster-{uuid.uuid4().hex[:8]}"
        arguments: dict[str, Any] = {
            "name": name,
            "version": "1.34",
            "roleArn": self.cluster_role,
            "resourcesVpcConfig": {"subnetIds": self.network.subnets},
            "accessConfig": {
                "authenticationMode": "API",
                "bootstrapClusterCreatorAdminPermissions": False,
            },
            **more,
        }
        self.endpoint.client("eks").create_cluster(**arguments)
        return name
