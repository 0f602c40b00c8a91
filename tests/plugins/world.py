"""What the resources under test stand on, made once through the plugin itself."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

import boto3

from tests.plugins.host import REGION, Host, State


def trust(service: str) -> str:
    """An assume-role policy for an AWS service."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """Shared objects; each is made when a test first asks for it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._numbers = itertools.count(1)
        self._blocks = list(ip_network("10.64.128.0/17").subnets(new_prefix=28))

    @staticmethod
    def client(service: str) -> Any:
        """boto3, for looking at the endpoint and changing things behind the plugin's back."""
        return boto3.client(service, region_name=REGION)

    def number(self) -> int:
        """A number that no other test gets."""
        return next(self._numbers)

    def make(self, kind: str, name: str, inputs: Mapping[str, Any]) -> State:
        """An object that stays."""
        return self.host.create(kind, name, inputs)

    @functools.cached_property
    def vpc(self) -> str:
        return self.make("aws:ec2/vpc:Vpc", "world", {"cidrBlock": "10.64.0.0/16"}).id

    @functools.cached_property
    def subnets(self) -> list[str]:
        return [
            self.make(
                "aws:ec2/subnet:Subnet",
                f"world-{zone}",
                {
                    "vpcId": self.vpc,
                    "cidrBlock": f"10.64.{index}.0/24",
                    "availabilityZone": f"{REGION}{zone}",
                },
            ).id
            for index, zone in enumerate("abc")
        ]

    def subnet_block(self) -> str:
        """A free block of the shared VPC."""
        return str(self._blocks[self.number()])

    def route_table(self) -> str:
        return self.make("aws:ec2/routeTable:RouteTable", "world", {"vpcId": self.vpc}).id

    @functools.cached_property
    def internet_gateway(self) -> str:
        kind = "aws:ec2/internetGateway:InternetGateway"
        return self.make(kind, "world", {"vpcId": self.vpc}).id

    def nat_gateway(self) -> str:
        address = self.make("aws:ec2/eip:Eip", "world", {"domain": "vpc"})
        inputs = {"subnetId": self.subnets[0], "allocationId": address.id}
        return self.make("aws:ec2/natGateway:NatGateway", "world", inputs).id

    def security_group(self) -> str:
        kind = "aws:ec2/securityGroup:SecurityGroup"
        return self.make(kind, f"world-{self.number()}", {"vpcId": self.vpc}).id

    def role(self, service: str) -> State:
        inputs = {"assumeRolePolicy": trust(service)}
        return self.make("aws:iam/role:Role", f"world-{self.number()}", inputs)

    @functools.cached_property
    def log_group(self) -> State:
        return self.make("aws:cloudwatch/logGroup:LogGroup", "world", {})

    @functools.cached_property
    def keys(self) -> list[State]:
        inputs = {"deletionWindowInDays": 7, "enableKeyRotation": True}
        return [self.make("aws:kms/key:Key", f"world-{number}", inputs) for number in range(2)]

    @functools.cached_property
    def cluster_role(self) -> str:
        role = self.role("eks.amazonaws.com")
        self.make(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "world",
            {"role": role.id, "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"},
        )
        return role["arn"]

    @functools.cached_property
    def cluster(self) -> str:
        inputs = {
            "roleArn": self.cluster_role,
            "vpcConfig": {"subnetIds": self.subnets[:2]},
            "accessConfig": {"authenticationMode": "API"},
            "bootstrapSelfManagedAddons": False,
        }
        return self.make("aws:eks/cluster:Cluster", "world", inputs).id

    @functools.cached_property
    def node_role(self) -> str:
        role = self.role("ec2.amazonaws.com")
        for policy in (
            "AmazonEKSWorkerNodePolicy",
            "AmazonEKS_CNI_Policy",
            "AmazonEC2ContainerRegistryPullOnly",
        ):
            self.make(
                "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                policy,
                {"role": role.id, "policyArn": f"arn:aws:iam::aws:policy/{policy}"},
            )
        return role["arn"]

    @functools.cached_property
    def launch_template(self) -> State:
        inputs = {"metadataOptions": {"httpTokens": "required"}}
        return self.make("aws:ec2/launchTemplate:LaunchTemplate", "world", inputs)

    def pod_role(self) -> str:
        statement = {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Principal": {"Service": "pods.eks.amazonaws.com"},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        inputs = {"assumeRolePolicy": policy}
        return self.make("aws:iam/role:Role", f"pods-{self.number()}", inputs)["arn"]

    def access_entry(self) -> str:
        principal = self.role("ec2.amazonaws.com")["arn"]
        inputs = {"clusterName": self.cluster, "principalArn": principal}
        self.make("aws:eks/accessEntry:AccessEntry", "world", inputs)
        return principal

    @functools.cached_property
    def subnet_group(self) -> str:
        inputs = {"subnetIds": self.subnets}
        return self.make("aws:rds/subnetGroup:SubnetGroup", "world", inputs).id
