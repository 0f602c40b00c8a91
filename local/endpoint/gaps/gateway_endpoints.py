"""Gateway VPC endpoints: moto keeps no routes in step when route tables come or go."""

from collections.abc import Iterable
from typing import Any

from moto.ec2.exceptions import RouteAlreadyExistsError
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpcs import VPCBackend

from local.endpoint.replacement import check_before, replace


def install() -> None:
    """Lets ModifyVpcEndpoint add and remove routes; one table has one endpoint of a service."""
    check_before(VPCBackend, "create_vpc_endpoint", _check_creation)
    check_before(VPCBackend, "delete_vpc_endpoints", _forget_lost_routes)

    def modify_vpc_endpoint(self: EC2Backend, vpc_id: str, *given: Any, **named: Any) -> None:
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
        before = set(endpoint.route_table_ids or [])
        added = set(named.get("add_route_tables") or []) - before
        prefix_list = endpoint.destination_prefix_list_id
        if prefix_list is not None:
            _check_free(self, added, prefix_list)
        original(self, vpc_id, *given, **named)
        if prefix_list is None:
            return
        for table in sorted(added):
            self.create_route(
                table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list
            )
        for table in sorted(before - set(endpoint.route_table_ids or [])):
            self.delete_route(table, prefix_list)

    original = replace(VPCBackend, "modify_vpc_endpoint", modify_vpc_endpoint)


def _check_creation(ec2: EC2Backend, *_: Any, **given: Any) -> None:
    if (given.get("endpoint_type") or "gateway").lower() != "gateway":
        return
    for prefix_list in ec2.managed_prefix_lists.values():
        if prefix_list.prefix_list_name == given["service_name"]:
            _check_free(ec2, given["route_table_ids"] or [], prefix_list.id)


def _check_free(ec2: EC2Backend, tables: Iterable[str], prefix_list: str) -> None:
    for table in tables:
        if _route_target(ec2, table, prefix_list) is not None:
            raise RouteAlreadyExistsError(prefix_list)


def _forget_lost_routes(ec2: EC2Backend, vpce_ids: list[str] | None = None) -> None:
    # moto fails halfway if a route or its table is gone already.
    for identifier in vpce_ids or []:
        endpoint = ec2.vpc_end_points.get(identifier)
        prefix_list = getattr(endpoint, "destination_prefix_list_id", None)
        if endpoint is not None and prefix_list is not None:
            endpoint.route_table_ids = [
                table
                for table in endpoint.route_table_ids
                if _route_target(ec2, table, prefix_list) == identifier
            ]


def _route_target(ec2: EC2Backend, table: str, prefix_list: str) -> str | None:
    """The gateway that a table sends a prefix list to, if the table has such a route."""
    found = ec2.route_tables.get(table)
    for route in found._routes.values() if found else ():
        if route.destination_prefix_list and route.destination_prefix_list.id == prefix_list:
            return route.gateway.id if route.gateway else ""
    return None
