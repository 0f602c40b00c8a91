"""Checks that what a request names exists in the account: roles, users, networks, keys."""

import json
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from local.endpoint.eks.call import Call
from local.endpoint.eks.errors import invalid_parameter


def require_role(call: Call, arn: str, *, trusted: str | None = None) -> None:
    """Raises EksError unless the role exists and `trusted`, a service, may assume it."""
    role = next(
        (r for r in iam_backends[call.account_id][call.partition].get_roles() if r.arn == arn),
        None,
    )
    if role is None:
        raise invalid_parameter(
            f"Role with arn: {arn}, could not be assumed because it does not exist or the "
            "trusted entity is not correct"
        )
    if trusted and trusted not in _trusted_services(role.assume_role_policy_document):
        raise invalid_parameter(
            f"Role with arn: {arn}, could not be assumed because the trusted entity is not "
            f"correct: its trust policy does not allow {trusted}"
        )


def require_principal(call: Call, arn: str) -> None:
    """Raises EksError unless the ARN is that of an IAM user or role which exists."""
    iam = iam_backends[call.account_id][call.partition]
    known = {role.arn for role in iam.get_roles()} | {user.arn for user in iam.users.values()}
    if arn not in known:
        raise invalid_parameter(
            f"The specified principalArn is invalid: invalid principal. {arn} is not a user or "
            "role of this account"
        )


def require_subnets(call: Call, identifiers: list[str], *, zones: int = 1) -> str:
    """Returns the VPC of the subnets; raises EksError unless they exist in `zones` zones."""
    known = _subnets(call)
    missing = [identifier for identifier in identifiers if identifier not in known]
    if missing:
        raise invalid_parameter(f"The subnet ID '{missing[0]}' does not exist")
    found = [known[identifier] for identifier in identifiers]
    if len({subnet.availability_zone for subnet in found}) < zones:
        raise invalid_parameter(
            f"Subnets specified must be in at least {zones} different AZs, are "
            f"{identifiers or 'none'}"
        )
    networks = {subnet.vpc_id for subnet in found}
    if len(networks) > 1:
        raise invalid_parameter(f"Subnets belong to different VPCs: {sorted(networks)}")
    return networks.pop()


def zones_of(call: Call, identifiers: list[str]) -> list[str]:
    """The availability zones of subnets that exist, each once, in order."""
    known = _subnets(call)
    return sorted({known[identifier].availability_zone for identifier in identifiers})


def require_security_groups(call: Call, identifiers: list[str]) -> None:
    """Raises EksError unless every security group exists."""
    ec2 = ec2_backends[call.account_id][call.region]
    for identifier in identifiers:
        if ec2.get_security_group_from_id(identifier) is None:
            raise invalid_parameter(f"The security group '{identifier}' does not exist")


def require_key(call: Call, arn: str) -> None:
    """Raises EksError unless the KMS key exists and is enabled."""
    keys = kms_backends[call.account_id][call.region].keys
    key = keys.get(arn.rpartition("/")[2])
    if key is None or key.arn != arn:
        raise invalid_parameter(f"The keyArn in encryptionConfig provider {arn} is invalid")
    if key.key_state != "Enabled":
        raise invalid_parameter(f"The key {arn} is {key.key_state}, must be Enabled")


def _subnets(call: Call) -> dict[str, Any]:
    by_zone = ec2_backends[call.account_id][call.region].subnets
    return {subnet.id: subnet for subnets in by_zone.values() for subnet in subnets.values()}


def _trusted_services(document: str) -> set[str]:
    services: set[str] = set()
    statements: Any = json.loads(document).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        named = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow":
            services.update([named] if isinstance(named, str) else named)
    return services
