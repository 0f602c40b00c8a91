"""Gateway VPC endpoints: moto keeps no routes in step when route tables come or go."""

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.vpcs import VPCBackend

from local.cloud.replacement import replace


def install() -> None:
    """Lets ModifyVpcEndpoint add and remove the routes to the service's prefix list."""

    def modify_vpc_endpoint(self: EC2Backend, vpc_id: str, *given: Any, **named: Any) -> None:
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
        before = set(endpoint.route_table_ids or [])
        original(self, vpc_id, *given, **named)
        after = set(endpoint.route_table_ids or [])
        prefix_list = endpoint.destination_prefix_list_id
        if prefix_list is None:
            return
        for table in sorted(after - before):
            self.create_route(
                table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list
            )
        for table in sorted(before - after):
            self.delete_route(table, prefix_list)

    original = replace(VPCBackend, "modify_vpc_endpoint", modify_vpc_endpoint)
