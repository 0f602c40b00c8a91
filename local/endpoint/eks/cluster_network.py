"""A cluster's place in a VPC: its subnets, its own security group, its endpoint's reach."""

from contextlib import suppress
from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random

from local.endpoint.eks.call import Call
from local.endpoint.eks.errors import invalid_parameter
from local.endpoint.eks.references import require_security_groups, require_subnets, zones_of
from local.endpoint.eks.store import Cluster


def create_network(call: Call, cluster: str) -> dict[str, Any]:
    """Checks ``resourcesVpcConfig``, makes the cluster security group; returns the setting."""
    wanted: dict[str, Any] = call["resourcesVpcConfig"]
    vpc = require_subnets(call, wanted.get("subnetIds", []), zones=2)
    require_security_groups(call, wanted.get("securityGroupIds", []))
    return {
        "securityGroupIds": [],
        **merged_endpoint({"endpointPublicAccess": True, "endpointPrivateAccess": False}, wanted),
        "clusterSecurityGroupId": _create_security_group(call, cluster, vpc),
        "vpcId": vpc,
    }


def check_subnets(call: Call, current: dict[str, Any], wanted: list[str]) -> None:
    """Raises EksError unless a cluster can move to the subnets: same VPC, same zones."""
    vpc = require_subnets(call, wanted, zones=2)
    if vpc != current["vpcId"]:
        raise invalid_parameter(f"Subnets must belong to the cluster's {current['vpcId']}")
    # They never change, so those of today are those of the creation.
    before, after = zones_of(call, current["subnetIds"]), zones_of(call, wanted)
    if after != before:
        raise invalid_parameter(
            f"Provided subnets belong to the AZs '{','.join(after)}'. But they should belong to "
            f"the exact set of AZs '{','.join(before)}' in which subnets were provided during "
            "cluster creation."
        )


def merged_endpoint(current: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """A VPC setting after a change; only a public endpoint has allowed CIDRs."""
    merged = {**current, **change}
    if merged["endpointPublicAccess"]:
        merged["publicAccessCidrs"] = merged.get("publicAccessCidrs") or ["0.0.0.0/0"]
    else:
        merged["publicAccessCidrs"] = []
    return merged


def delete_network(call: Call, cluster: Cluster) -> None:
    """Removes the cluster's own security group; one that is in use is left, as by EKS."""
    ec2 = ec2_backends[call.account_id][call.region]
    group = cluster.description["resourcesVpcConfig"]["clusterSecurityGroupId"]
    if ec2.get_security_group_from_id(group) is not None:
        with suppress(DependencyViolationError):
            ec2.delete_security_group(group_id=group)


def _create_security_group(call: Call, cluster: str, vpc: str) -> str:
    ec2 = ec2_backends[call.account_id][call.region]
    suffix = mock_random.randint(10**8, 10**10)
    group = ec2.create_security_group(
        name=f"eks-cluster-sg-{cluster}-{suffix}",
        description="EKS created security group applied to ENI that is attached to EKS "
        "Control Plane master nodes, as well as any managed workloads.",
        vpc_id=vpc,
        tags={
            "Name": f"eks-cluster-sg-{cluster}-{suffix}",
            f"kubernetes.io/cluster/{cluster}": "owned",
            "aws:eks:cluster-name": cluster,
        },
    )
    ec2.authorize_security_group_ingress(
        group_name_or_id=group.id,
        ip_protocol="-1",
        from_port="-1",
        to_port="-1",
        ip_ranges=[],
        source_groups=[{"GroupId": group.id}],
    )
    return group.id
