"""Functions (invokes) of the plugin: who is calling, as which role, in which partition, region."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import boto3

from local.partitions import dns_suffix
from local.plugins.aws.session import Session
from local.plugins.framework.failure import ProviderError
from local.plugins.framework.plugin import Properties

_ASSUMED_ROLE = re.compile(r"arn:[^:]+:sts::\d+:assumed-role/(?P<role>[^/]+)/(?P<session>[^/]+)")


def _caller_identity(session: Session, arguments: Properties) -> Properties:
    _allow(arguments, "aws:index/getCallerIdentity:getCallerIdentity", ())
    caller = session.caller
    return {
        "accountId": caller["Account"],
        "arn": caller["Arn"],
        "id": caller["Account"],
        "userId": caller["UserId"],
    }


def _partition(session: Session, arguments: Properties) -> Properties:
    _allow(arguments, "aws:index/getPartition:getPartition", ("region",))
    region = arguments.get("region") or session.region
    loader = boto3.Session()
    partition = loader.get_partition_for_region(region)
    suffix = dns_suffix(region)
    reverse = ".".join(reversed(suffix.split(".")))
    return {
        "dnsSuffix": suffix,
        "id": partition,
        "partition": partition,
        "reverseDnsPrefix": reverse,
    }


def _region(session: Session, arguments: Properties) -> Properties:
    _allow(arguments, "aws:index/getRegion:getRegion", ("region", "name", "id"))
    region = next(
        (arguments[key] for key in ("region", "name", "id") if arguments.get(key)), session.region
    )
    found = session.call(
        "ec2", session.region, "DescribeRegions", {"RegionNames": [region]}, f"getRegion {region}"
    )["Regions"][0]
    return {
        "description": region,
        "endpoint": found["Endpoint"],
        "id": region,
        "name": region,
        "region": region,
    }


def _session_context(session: Session, arguments: Properties) -> Properties:
    """The role that a session was assumed from; for a user, the user."""
    _allow(arguments, "aws:iam/getSessionContext:getSessionContext", ("arn",))
    arn = str(arguments["arn"])
    found = {"arn": arn, "id": arn, "issuerArn": arn, "issuerId": "", "issuerName": ""}
    assumed = _ASSUMED_ROLE.fullmatch(arn)
    if not assumed:
        return {**found, "sessionName": ""}
    parameters = {"RoleName": assumed["role"]}
    role = session.call("iam", session.region, "GetRole", parameters, f"getSessionContext {arn}")[
        "Role"
    ]
    return {
        **found,
        "issuerArn": role["Arn"],
        "issuerId": role["RoleId"],
        "issuerName": role["RoleName"],
        "sessionName": assumed["session"],
    }


def _allow(arguments: Properties, token: str, known: tuple[str, ...]) -> None:
    for name, value in arguments.items():
        if value is not None and name not in known:
            raise ProviderError(f"{token}: the local AWS plugin does not take the argument {name}")


FUNCTIONS: Mapping[str, Callable[[Session, Properties], Properties]] = {
    "aws:iam/getSessionContext:getSessionContext": _session_context,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
