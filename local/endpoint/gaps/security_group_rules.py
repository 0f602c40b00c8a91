"""EC2 security group rules: what moto loses of those with a group or prefix list as source."""

from typing import Any

from moto.ec2.exceptions import (
    InvalidParameterCombination,
    InvalidParameterValue,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
    MissingParameter,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

from local.endpoint.replacement import replace

SOURCES = ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId")
WITHOUT_PORTS = "-1"


def install() -> None:
    """Keeps the description of every rule; lets ModifySecurityGroupRules change every source."""

    def create(self: SecurityGroupRule, *given: Any, **named: Any) -> None:
        original(self, *given, **named)
        arguments = [*given, *named.values()]
        described = (item.get("Description") for item in arguments if isinstance(item, dict))
        self.given_description = next((text for text in described if text), None)  # pyright: ignore[reportAttributeAccessIssue]

    original = replace(SecurityGroupRule, "__init__", create)
    replace(SecurityGroupRule, "description", property(lambda self: self.given_description))
    replace(SecurityGroupBackend, "modify_security_group_rules", _modify)


def _modify(self: EC2Backend, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    group = self.get_security_group_by_name_or_id(group_id)
    if group is None:
        raise InvalidSecurityGroupNotFoundError(group_id)
    for rule_id, change in rules.items():
        rule = group.get_rule(rule_id)
        if rule is None:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
        source = _source(self, rule, change)
        protocol, low, high = _traffic(change)
        rule.ip_protocol, rule.from_port, rule.to_port = protocol, low, high
        rule.ip_range, rule.source_group, rule.prefix_list_id = source
        rule.given_description = change.get("Description")  # pyright: ignore[reportAttributeAccessIssue]


def _source(
    backend: EC2Backend, rule: SecurityGroupRule, change: dict[str, Any]
) -> tuple[dict[str, str], dict[str, str], str | None]:
    given = [name for name in SOURCES if change.get(name) is not None]
    if not given:
        raise MissingParameter(f"The request must contain exactly one of: {', '.join(SOURCES)}")
    if len(given) > 1:
        raise InvalidParameterCombination(f"Only one of {', '.join(given)} can be specified")
    kind, value = given[0], change[given[0]]
    if kind == "ReferencedGroupId":
        if backend.get_security_group_from_id(value) is None:
            raise InvalidSecurityGroupNotFoundError(value)
        owner = backend.account_id
        return {}, {"GroupId": value, "OwnerId": owner, "UserId": owner}, None
    if kind == "PrefixListId":
        return {}, {}, value
    if (kind, bool(rule.cidr_ipv6)) == ("CidrIpv4", True) or (
        (kind, bool(rule.cidr_ipv4)) == ("CidrIpv6", True)
    ):
        raise InvalidParameterValue(
            f"Invalid rule type for security group rule '{rule.id}'. You may not specify {kind} "
            "for an existing rule of the other address family."
        )
    return {"CidrIp" if kind == "CidrIpv4" else "CidrIpv6": value}, {}, None


def _traffic(change: dict[str, Any]) -> tuple[str, int | None, int | None]:
    protocol = change.get("IpProtocol")
    if protocol is None:
        raise InvalidParameterValue(
            "Invalid value 'null' for protocol. VPC security group rules must specify protocols "
            "explicitly."
        )
    if str(protocol) == WITHOUT_PORTS:
        return WITHOUT_PORTS, None, None
    low, high = change.get("FromPort"), change.get("ToPort")
    if low is None or high is None:
        raise InvalidParameterValue(
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
        )
    return str(protocol), int(low), int(high)
