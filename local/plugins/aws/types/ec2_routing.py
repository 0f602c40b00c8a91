"""Route tables, their routes and the subnets that use them."""

from __future__ import annotations

import zlib
from typing import Any

from local.plugins.aws.calls import Create, Delete, Read, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Outputs, Replacement
from local.plugins.aws.rules import exactly_one
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.ec2_tags import by_name_tag, ec2_tags, filters
from local.plugins.framework.plugin import Properties

_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_TARGETS = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)
_DESTINATION = "{" + "|".join(_DESTINATIONS) + "}"


def _route_id(scope: Scope) -> str:
    """The real provider's id: the table's and a checksum of the destination."""
    destination = scope.render(_DESTINATION)
    return f"r-{scope.state['routeTableId']}{zlib.crc32(destination.encode())}"


def _locate_route(scope: Scope) -> str:
    destination = scope.state["destination"]
    kind = 2 if destination.startswith("pl-") else int(":" in destination)
    scope.state[_DESTINATIONS[kind]] = destination
    return _route_id(scope)


def _locate_association(scope: Scope) -> str:
    table = scope.call("DescribeRouteTables", RouteTableIds=[scope.state["routeTableId"]])
    wanted = scope.state["subnetId"]
    found = scope.search("RouteTables[0].Associations", table)
    return next(
        (
            item["RouteTableAssociationId"]
            for item in found
            if wanted in (item.get("SubnetId"), item.get("GatewayId"))
        ),
        "",
    )


def _without_local(scope: Scope, found: Any, outputs: Properties) -> Properties:
    """Every table has the VPC's own route, which nobody made."""
    routes = outputs.get("routes", [])
    return {"routes": [route for route in routes if route.get("gatewayId") != "local"]}


ROUTE_TABLE = Entry(
    type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    identity=Identity(id="RouteTable.RouteTableId", pending=by_name_tag("rtb-")),
    create=Create(operation="CreateRouteTable"),
    read=Read(
        operation="DescribeRouteTables", fixed={"RouteTableIds": ["{id}"]}, at="RouteTables[0]"
    ),
    delete=Delete(operation="DeleteRouteTable", fixed={"RouteTableId": "{id}"}),
    tags=ec2_tags("route-table"),
    # Routes are resources of their own here (aws.ec2.Route); inline ones are rejected.
    names={
        "routes.cidrBlock": "DestinationCidrBlock",
        "routes.destinationPrefixListId": "DestinationPrefixListId",
        "routes.egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
        "routes.ipv6CidrBlock": "DestinationIpv6CidrBlock",
    },
    inputs=Inputs(
        computed=frozenset({"routes", "propagatingVgws"}),
        unimported=frozenset({"routes", "propagatingVgws"}),
    ),
    outputs=Outputs(
        values={"arn": "arn:{partition}:ec2:{region}:{account}:route-table/{id}"},
        refine=_without_local,
    ),
)

ROUTE = Entry(
    type="aws:ec2/route:Route",
    service="ec2",
    identity=Identity(
        id=_route_id,
        import_id="{routeTableId}_{destination}",
        locate=_locate_route,
        pending=f"{{routeTableId}}_{_DESTINATION}",
    ),
    create=Create(operation="CreateRoute"),
    read=Read(
        operation="DescribeRouteTables",
        fixed={"RouteTableIds": ["{routeTableId}"]},
        at=(
            f"RouteTables[0].Routes[?DestinationCidrBlock == '{_DESTINATION}' "
            f"|| DestinationIpv6CidrBlock == '{_DESTINATION}' "
            f"|| DestinationPrefixListId == '{_DESTINATION}'] | [0]"
        ),
    ),
    updates=(
        Update(
            operation="ReplaceRoute",
            fixed={"RouteTableId": "{routeTableId}"},
            takes=frozenset({*_TARGETS, *_DESTINATIONS}),
            whole=True,
            # A route has one target: the one that is dropped is replaced, not emptied.
            cleared=dict.fromkeys(_TARGETS),
        ),
    ),
    delete=Delete(
        operation="DeleteRoute",
        fixed={"RouteTableId": "{routeTableId}"},
        takes=frozenset(_DESTINATIONS),
    ),
    names={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
    inputs=Inputs(rules=(exactly_one(*_DESTINATIONS), exactly_one(*_TARGETS))),
    outputs=Outputs(values={"routeTableId": "{routeTableId}"}),
    replacement=Replacement(by=frozenset(_DESTINATIONS)),
)

ROUTE_TABLE_ASSOCIATION = Entry(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    identity=Identity(
        id="AssociationId",
        import_id="{subnetId}/{routeTableId}",
        locate=_locate_association,
    ),
    create=Create(operation="AssociateRouteTable"),
    read=Read(
        operation="DescribeRouteTables",
        fixed={"Filters": filters(**{"association.route-table-association-id": "{id}"})},
        at="RouteTables[].Associations[] | [?RouteTableAssociationId == '{id}'] | [0]",
    ),
    # Another table gives the association another id, which only a new resource can hold.
    delete=Delete(operation="DisassociateRouteTable", fixed={"AssociationId": "{id}"}),
    inputs=Inputs(rules=(exactly_one("subnetId", "gatewayId"),)),
    replacement=Replacement(
        # The real provider replaces nothing here.
        delete_first=True,
    ),
)

ENTRIES = (ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION)
