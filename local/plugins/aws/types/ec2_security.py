"""Security groups and their rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.plugins.aws.calls import Create, Delete, Read, Step
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs
from local.plugins.aws.rules import exactly_one, not_both
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.ec2_tags import by_name_tag, ec2_tags, filters
from local.plugins.aws.types.inline_rules import (
    RULE_COMPARISON,
    read_rules,
    revoke_everything,
    write_all_rules,
    write_rules,
)
from local.plugins.framework.failure import Failure
from local.plugins.framework.plugin import Properties

_RULES = frozenset({"ingress", "egress"})
_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_LAST_PORT = 65535
# EC2 names these, whichever way a program says it.
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


def _release(scope: Scope) -> None:
    if scope.state.get("revokeRulesOnDelete"):
        revoke_everything(scope)
    scope.call("DeleteSecurityGroup", GroupId=scope.state["id"])


SECURITY_GROUP = Entry(
    type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    identity=Identity(id="GroupId", name=Name(longest=255), pending=by_name_tag("sg-")),
    create=Create(operation="CreateSecurityGroup"),
    read=Read(
        operation="DescribeSecurityGroups", fixed={"GroupIds": ["{id}"]}, at="SecurityGroups[0]"
    ),
    # EC2 opens a new group for all outgoing traffic; the real provider takes that back.
    updates=(Step(takes=_RULES, run=write_rules, always=True),),
    delete=_release,
    tags=ec2_tags("security-group"),
    names={"name": "GroupName"},
    inputs=Inputs(
        defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        computed=frozenset({"vpcId", "ingress", "egress"}),
        flags=frozenset({"revokeRulesOnDelete"}),
        rules=(not_both("name", "namePrefix"),),
    ),
    outputs=Outputs(
        values={"arn": "arn:{partition}:ec2:{region}:{account}:security-group/{id}"},
        refine=read_rules,
    ),
    comparison=RULE_COMPARISON,
)


def _adopt(scope: Scope) -> str:
    """Every VPC has one; without ``vpcId`` the region's default VPC is meant."""
    vpc = scope.state.get("vpcId")
    if vpc is None:
        vpcs = scope.call("DescribeVpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])
        vpc = vpcs["Vpcs"][0]["VpcId"]
    groups = scope.call(
        "DescribeSecurityGroups",
        Filters=[
            {"Name": "vpc-id", "Values": [vpc]},
            {"Name": "group-name", "Values": ["default"]},
        ],
    )
    return groups["SecurityGroups"][0]["GroupId"]


def _forget(scope: Scope) -> None:
    """AWS deletes the default group with its VPC, and in no other way."""


DEFAULT_SECURITY_GROUP = Entry(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    identity=Identity(id="GroupId"),
    create=Create(operation="CreateSecurityGroup", takes=frozenset({"vpcId"}), adopt=_adopt),
    read=Read(
        operation="DescribeSecurityGroups", fixed={"GroupIds": ["{id}"]}, at="SecurityGroups[0]"
    ),
    # Its own rules are those that the program names, and none if it names none.
    updates=(Step(takes=_RULES, run=write_all_rules, always=True),),
    delete=_forget,
    tags=ec2_tags("security-group"),
    names={"name": "GroupName"},
    inputs=Inputs(
        defaults={"revokeRulesOnDelete": False},
        computed=frozenset({"vpcId"}),
        flags=frozenset({"revokeRulesOnDelete"}),
    ),
    outputs=Outputs(
        values={"arn": "arn:{partition}:ec2:{region}:{account}:security-group/{id}"},
        refine=read_rules,
    ),
    comparison=RULE_COMPARISON,
)


def _permission(properties: Properties) -> dict[str, Any]:
    """A rule in the form that the Authorize calls take."""
    description = properties.get("description")
    text = {"Description": description} if description else {}
    forms = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    source = next(name for name in _SOURCES if properties.get(name))
    kind, member = forms[source]
    return _ports(properties) | {kind: [{member: properties[source], **text}]}


def _ports(properties: Properties) -> dict[str, Any]:
    ports = {"FromPort": properties.get("fromPort"), "ToPort": properties.get("toPort")}
    known = {name: port for name, port in ports.items() if port is not None}
    return {"IpProtocol": properties["ipProtocol"], **known}


def _change(scope: Scope, old: Properties, new: Properties) -> None:
    members = {
        "cidrIpv4": "CidrIpv4",
        "cidrIpv6": "CidrIpv6",
        "prefixListId": "PrefixListId",
        "referencedSecurityGroupId": "ReferencedGroupId",
        "description": "Description",
    }
    rule = {member: new[name] for name, member in members.items() if new.get(name)}
    scope.call(
        "ModifySecurityGroupRules",
        GroupId=new["securityGroupId"],
        SecurityGroupRules=[
            {"SecurityGroupRuleId": scope.state["id"], "SecurityGroupRule": rule | _ports(new)}
        ],
    )


def _rules_alike(scope: Scope, *, egress: bool) -> Iterator[str]:
    """The group's rule for the same traffic; EC2 allows one, whatever its tags say."""
    of_group = filters(group_id=scope.value("securityGroupId"))
    found = scope.call("DescribeSecurityGroupRules", Filters=of_group)["SecurityGroupRules"]
    wanted = _traffic(scope.state)
    for rule in found:
        there = {
            "cidrIpv4": rule.get("CidrIpv4"),
            "cidrIpv6": rule.get("CidrIpv6"),
            "prefixListId": rule.get("PrefixListId"),
            "referencedSecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
            "ipProtocol": rule["IpProtocol"],
            "fromPort": rule.get("FromPort"),
            "toPort": rule.get("ToPort"),
        }
        if rule["IsEgress"] == egress and _traffic(there) == wanted:
            yield rule["SecurityGroupRuleId"]


def _traffic(rule: Properties) -> tuple[object, ...]:
    """What a rule is about, in one form."""
    protocol = _PROTOCOLS.get(str(rule["ipProtocol"]), str(rule["ipProtocol"]))
    # For all protocols the ports are moot, and for ICMP they are types, of which -1 means all.
    ports = () if protocol == "-1" else (_port(rule, "fromPort"), _port(rule, "toPort"))
    return protocol, ports, *(rule.get(name) or None for name in _SOURCES)


def _port(rule: Properties, name: str) -> int:
    return -1 if rule.get(name) is None else int(rule[name])


def _check_ports(properties: Properties) -> Iterator[Failure]:
    first, last = properties.get("fromPort"), properties.get("toPort")
    for name, port in (("fromPort", first), ("toPort", last)):
        if isinstance(port, int) and not -1 <= port <= _LAST_PORT:
            yield Failure(path=(name,), reason="must be a port from -1 to 65535", value=port)
    if isinstance(first, int) and isinstance(last, int) and -1 < last < first:
        yield Failure(path=("toPort",), reason=f"must not be below fromPort {first}", value=last)
    protocol = properties.get("ipProtocol")
    if protocol in ("tcp", "udp") and (first is None or last is None):
        reason = f"protocol {protocol} needs fromPort and toPort"
        yield Failure(path=("fromPort" if first is None else "toPort",), reason=reason)
    if isinstance(protocol, str) and not protocol.lstrip("-").isalnum():
        yield Failure(path=("ipProtocol",), reason="must be a protocol", value=protocol)


def _rule_entry(direction: str) -> Entry:
    return Entry(
        type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        identity=Identity(
            id="SecurityGroupRules[0].SecurityGroupRuleId",
            pending=lambda scope: _rules_alike(scope, egress=direction == "Egress"),
        ),
        create=Create(
            operation=f"AuthorizeSecurityGroup{direction}",
            takes=frozenset({"securityGroupId"}),
            names={"securityGroupId": "GroupId"},
            prepare=lambda properties: {"IpPermissions": [_permission(properties)]},
        ),
        read=Read(
            operation="DescribeSecurityGroupRules",
            fixed={"SecurityGroupRuleIds": ["{id}"]},
            at="SecurityGroupRules[0]",
        ),
        updates=(
            Step(
                takes=frozenset({*_SOURCES, "ipProtocol", "fromPort", "toPort", "description"}),
                run=_change,
            ),
        ),
        delete=Delete(
            operation=f"RevokeSecurityGroup{direction}",
            fixed={"GroupId": "{securityGroupId}", "SecurityGroupRuleIds": ["{id}"]},
        ),
        tags=ec2_tags("security-group-rule"),
        inputs=Inputs(rules=(exactly_one(*_SOURCES), _check_ports)),
        outputs=Outputs(
            values={
                "arn": "arn:{partition}:ec2:{region}:{account}:security-group-rule/{id}",
                "securityGroupId": "GroupId",
                "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
            },
            refine=_without_moot_ports,
        ),
    )


def _without_moot_ports(scope: Scope, found: Any, outputs: Properties) -> Properties:
    """For all protocols EC2 reports the ports as -1, given or not."""
    moot = [name for name in ("fromPort", "toPort") if outputs.get(name) == -1]
    return {name: None for name in moot if name not in scope.prior}


INGRESS_RULE = _rule_entry("Ingress")
EGRESS_RULE = _rule_entry("Egress")

ENTRIES = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, INGRESS_RULE, EGRESS_RULE)
