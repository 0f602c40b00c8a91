"""EC2: moto lets go of networks, groups and addresses that something still uses."""

from collections.abc import Callable, Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.rds.models import rds_backends

from local.endpoint.eks import Cluster, EksStore
from local.endpoint.replacement import check_before


class Dependencies:
    """Refuses, as AWS does, to delete what something else needs.

    eks: the EKS clusters of an account and region.
    """

    def __init__(self, eks: Callable[[str, str], EksStore]) -> None:
        self._eks = eks

    def install(self) -> None:
        """Puts the checks before moto's deletions."""
        check_before(SecurityGroupBackend, "delete_security_group", self._check_group)
        check_before(SubnetBackend, "delete_subnet", self._check_subnet)
        check_before(VPCBackend, "delete_vpc", _check_vpc)
        check_before(InternetGatewayBackend, "detach_internet_gateway", _check_gateway)
        check_before(ElasticAddressBackend, "release_address", _check_address)

    def _check_group(
        self, ec2: EC2Backend, name: str | None = None, group_id: str | None = None
    ) -> None:
        group = group_id or name
        for other in ec2.describe_security_groups():
            rules = [*other.ingress_rules, *other.egress_rules]
            if other.id != group and any(r.source_group.get("GroupId") == group for r in rules):
                raise _violation(group, f"a rule of {other.id} names it")
        for endpoint in _endpoints(ec2):
            if group in (endpoint.security_group_ids or []):
                raise _violation(group, f"{endpoint.id} uses it")
        for instance in _databases(ec2):
            if group in instance.vpc_security_group_ids:
                raise _violation(group, f"{instance.db_instance_identifier} uses it")
        for cluster in self._clusters(ec2):
            setting = cluster.description["resourcesVpcConfig"]
            if group in [*setting["securityGroupIds"], setting["clusterSecurityGroupId"]]:
                raise _violation(group, f"the EKS cluster {cluster.name} uses it")

    def _check_subnet(self, ec2: EC2Backend, subnet_id: str) -> None:
        for gateway in _nat_gateways(ec2):
            if gateway.subnet_id == subnet_id:
                raise _violation(subnet_id, f"{gateway.id} is in it")
        for endpoint in _endpoints(ec2):
            if subnet_id in (endpoint.subnet_ids or []):
                raise _violation(subnet_id, f"{endpoint.id} is in it")
        for instance in _databases(ec2):
            subnets = getattr(instance, "db_subnet_group", None)
            if subnets and subnet_id in [s["SubnetIdentifier"] for s in subnets.subnets]:
                raise _violation(subnet_id, f"{instance.db_instance_identifier} is in it")
        for cluster in self._clusters(ec2):
            used = [cluster.description["resourcesVpcConfig"], *cluster.nodegroups.values()]
            if any(subnet_id in (item.get("subnetIds") or item.get("subnets")) for item in used):
                raise _violation(subnet_id, f"the EKS cluster {cluster.name} is in it")

    def _clusters(self, ec2: EC2Backend) -> list[Cluster]:
        return list(self._eks(ec2.account_id, ec2.region_name).clusters.values())


def _check_vpc(ec2: EC2Backend, vpc_id: str) -> None:
    for gateway in ec2.internet_gateways.values():
        if gateway.vpc is not None and gateway.vpc.id == vpc_id:
            raise _violation(vpc_id, f"{gateway.id} is attached to it")
    for inside in [*_nat_gateways(ec2), *_endpoints(ec2)]:
        if inside.vpc_id == vpc_id:
            raise _violation(vpc_id, f"{inside.id} is in it")
    for group in ec2.describe_security_groups():
        if group.vpc_id == vpc_id and group.name != "default":
            raise _violation(vpc_id, f"{group.id} is in it")


def _check_gateway(ec2: EC2Backend, internet_gateway_id: str, vpc_id: str) -> None:
    for gateway in _nat_gateways(ec2):
        if gateway.vpc_id == vpc_id and gateway.connectivity_type != "private":
            raise DependencyViolationError(
                f"Network {vpc_id} has some mapped public address(es), of {gateway.id}. Please "
                f"unmap those public address(es) before detaching {internet_gateway_id}."
            )


def _check_address(
    ec2: EC2Backend, address: str | None = None, allocation_id: str | None = None
) -> None:
    for gateway in _nat_gateways(ec2):
        for used in gateway.address_set:
            if allocation_id and used.get("allocationId") == allocation_id:
                raise EC2ClientError(
                    "InvalidIPAddress.InUse", f"Address {allocation_id} is in use by {gateway.id}."
                )


def _nat_gateways(ec2: EC2Backend) -> Iterator[Any]:
    return (item for item in ec2.nat_gateways.values() if item.state != "deleted")


def _endpoints(ec2: EC2Backend) -> Iterator[Any]:
    return (item for item in ec2.vpc_end_points.values() if item.state != "deleted")


def _databases(ec2: EC2Backend) -> Iterator[Any]:
    yield from rds_backends[ec2.account_id][ec2.region_name].databases.values()


def _violation(what: str | None, why: str) -> DependencyViolationError:
    return DependencyViolationError(f"resource {what} has a dependent object: {why}")
