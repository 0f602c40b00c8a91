"""Functions (invokes) of the plugin: who is calling, as which role, where, and what is there."""

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


def _log_groups(session: Session, arguments: Properties) -> Properties:
    _allow(arguments, "aws:cloudwatch/getLogGroups:getLogGroups", ("logGroupNamePrefix",))
    prefix = str(arguments.get("logGroupNamePrefix") or "")
    parameters = {"logGroupNamePrefix": prefix} if prefix else {}
    answer = session.call("logs", session.region, "DescribeLogGroups", parameters, "getLogGroups")
    groups = answer["logGroups"]
    return {
        "id": session.region,
        "arns": [group["arn"].removesuffix(":*") for group in groups],
        "logGroupNamePrefix": prefix,
        "logGroupNames": [group["logGroupName"] for group in groups],
    }


def _log_group(session: Session, arguments: Properties) -> Properties:
    _allow(arguments, "aws:cloudwatch/getLogGroup:getLogGroup", ("name",))
    name = str(arguments["name"])
    parameters = {"logGroupNamePrefix": name}
    answer = session.call("logs", session.region, "DescribeLogGroups", parameters, "getLogGroup")
    group = next((one for one in answer["logGroups"] if one["logGroupName"] == name), None)
    if group is None:
        raise ProviderError(f"getLogGroup: there is no log group {name}")
    arn = group["arn"].removesuffix(":*")
    listed = session.call(
        "logs", session.region, "ListTagsForResource", {"resourceArn": arn}, f"getLogGroup {name}"
    )
    return {
        "id": name,
        "arn": arn,
        "creationTime": group.get("creationTime"),
        "kmsKeyId": group.get("kmsKeyId") or "",
        "logGroupClass": group.get("logGroupClass") or "STANDARD",
        "name": name,
        "retentionInDays": group.get("retentionInDays") or 0,
        "tags": listed.get("tags") or {},
    }


def _secrets(session: Session, arguments: Properties) -> Properties:
    _allow(arguments, "aws:secretsmanager/getSecrets:getSecrets", ("filters",))
    filters = [
        {"Key": one["name"], "Values": one["values"]} for one in arguments.get("filters") or []
    ]
    parameters = {"Filters": filters}
    answer = session.call("secretsmanager", session.region, "ListSecrets", parameters, "getSecrets")
    found = answer["SecretList"]
    return {
        "id": session.region,
        "arns": [secret["ARN"] for secret in found],
        "names": [secret["Name"] for secret in found],
    }


def _secret(session: Session, arguments: Properties) -> Properties:
    _allow(arguments, "aws:secretsmanager/getSecret:getSecret", ("arn", "name"))
    name = str(arguments.get("arn") or arguments["name"])
    found = session.call(
        "secretsmanager", session.region, "DescribeSecret", {"SecretId": name}, f"getSecret {name}"
    )
    return {
        "id": found["ARN"],
        "arn": found["ARN"],
        "description": found.get("Description") or "",
        "kmsKeyId": found.get("KmsKeyId") or "",
        "name": found["Name"],
        "tags": {tag["Key"]: tag["Value"] for tag in found.get("Tags") or []},
    }


def _allow(arguments: Properties, token: str, known: tuple[str, ...]) -> None:
    for name, value in arguments.items():
        if value is not None and name not in known:
            raise ProviderError(f"{token}: the local AWS plugin does not take the argument {name}")


FUNCTIONS: Mapping[str, Callable[[Session, Properties], Properties]] = {
    "aws:cloudwatch/getLogGroup:getLogGroup": _log_group,
    "aws:cloudwatch/getLogGroups:getLogGroups": _log_groups,
    "aws:iam/getSessionContext:getSessionContext": _session_context,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:secretsmanager/getSecret:getSecret": _secret,
    "aws:secretsmanager/getSecrets:getSecrets": _secrets,
}
