"""Security groups."""

from __future__ import annotations

from local.aws.ec2_tags import ec2_tags
from local.aws.entry import Call, Entry, Name, Read, Step
from local.aws.inline_rules import RULE_COMPARISON, read_rules, write_rules
from local.aws.rules import not_both

SECURITY_GROUP = Entry(
    type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    create=Call(operation="CreateSecurityGroup", leaves=frozenset({"ingress", "egress"})),
    id="GroupId",
    read=Read(
        operation="DescribeSecurityGroups", fixed={"GroupIds": ["{id}"]}, at="SecurityGroups[0]"
    ),
    # EC2 opens a new group for all outgoing traffic; the real provider takes that back.
    updates=(Step(takes=frozenset({"ingress", "egress"}), run=write_rules, always=True),),
    delete=Call(operation="DeleteSecurityGroup", fixed={"GroupId": "{id}"}),
    tags=ec2_tags("security-group"),
    name=Name(longest=255),
    names={"name": "GroupName"},
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    computed=frozenset({"vpcId", "ingress", "egress"}),
    flags=frozenset({"revokeRulesOnDelete"}),
    comparison=RULE_COMPARISON,
    identity=("vpcId", "name"),
    outputs={"arn": "arn:{partition}:ec2:{region}:{account}:security-group/{id}"},
    rules=(not_both("name", "namePrefix"),),
    refine=read_rules,
)

ENTRIES = (SECURITY_GROUP,)
