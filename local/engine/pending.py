"""Which object, if any, an interrupted creation has made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from local.plugins.aws.catalog import ENTRIES

TEMPLATES = {entry.type: entry.import_id or entry.id for entry in ENTRIES}
"""How the id of an AWS resource is written, where its inputs decide it."""

PREFIXES = {
    "aws:ec2/eip:Eip": "eipalloc-",
    "aws:ec2/flowLog:FlowLog": "fl-",
    "aws:ec2/internetGateway:InternetGateway": "igw-",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt-",
    "aws:ec2/natGateway:NatGateway": "nat-",
    "aws:ec2/routeTable:RouteTable": "rtb-",
    "aws:ec2/securityGroup:SecurityGroup": "sg-",
    "aws:ec2/subnet:Subnet": "subnet-",
    "aws:ec2/vpc:Vpc": "vpc-",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce-",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr-",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr-",
}
"""What ids look like of objects whose id EC2 chooses; they are known by their Name tag."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """Looks for objects that no state knows.

    session, endpoint: the AWS endpoint.
    known: the ids of the resources in the state.
    """

    session: boto3.Session
    endpoint: str
    known: frozenset[str]

    def find(self, resource: Mapping[str, Any]) -> str | None:
        """The id under which an object can be imported that this resource's creation may have made.

        An id that is decided by the inputs is given whether the object is there or not: the
        refresh that follows drops what is not. None if nothing can be said or nothing is there.
        """
        kind, inputs = resource["type"], resource.get("inputs") or {}
        if kind.startswith("kubernetes:"):
            return _kubernetes_id(kind, inputs)
        if kind in PREFIXES:
            return self._by_name_tag(PREFIXES[kind], inputs)
        if kind == "aws:secretsmanager/secret:Secret":
            return self._secret(inputs)
        if kind == "aws:eks/podIdentityAssociation:PodIdentityAssociation":
            return self._pod_identity(inputs)
        return _rendered(TEMPLATES.get(kind), inputs)

    def _client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)  # pyright: ignore

    def _by_name_tag(self, prefix: str, inputs: Mapping[str, Any]) -> str | None:
        name = (inputs.get("tags") or {}).get("Name")
        if name is None:
            return None
        wanted = [{"Name": "key", "Values": ["Name"]}, {"Name": "value", "Values": [name]}]
        tags = self._client("ec2").describe_tags(Filters=wanted)["Tags"]
        ids = {tag["ResourceId"] for tag in tags if tag["ResourceId"].startswith(prefix)}
        unknown = ids - self.known
        return unknown.pop() if len(unknown) == 1 else None

    def _secret(self, inputs: Mapping[str, Any]) -> str | None:
        try:
            return self._client("secretsmanager").describe_secret(SecretId=inputs["name"])["ARN"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":  # pyright: ignore
                return None
            raise

    def _pod_identity(self, inputs: Mapping[str, Any]) -> str | None:
        found = self._client("eks").list_pod_identity_associations(
            clusterName=inputs["clusterName"],
            namespace=inputs["namespace"],
            serviceAccount=inputs["serviceAccount"],
        )["associations"]
        return f"{inputs['clusterName']},{found[0]['associationId']}" if found else None


def _kubernetes_id(kind: str, inputs: Mapping[str, Any]) -> str | None:
    """namespace/name, or the name alone of an object outside namespaces."""
    release = kind.startswith("kubernetes:helm.sh/")
    place = inputs if release else inputs.get("metadata") or {}
    if "name" not in place:
        return None
    namespace = place.get("namespace") or ("default" if release else None)
    return f"{namespace}/{place['name']}" if namespace else place["name"]


def _rendered(template: object, inputs: Mapping[str, Any]) -> str | None:
    """A template such as "{clusterName}:{addonName}", if the inputs have all that it names."""
    if not isinstance(template, str) or "{" not in template:
        return None
    destination = inputs.get("destinationCidrBlock") or inputs.get("destinationIpv6CidrBlock")
    values = {**inputs, "destination": destination}
    names = re.findall(r"{(\w+)}", template)
    if not all(isinstance(values.get(name), str) for name in names):
        return None
    return template.format(**{name: values[name] for name in names})
