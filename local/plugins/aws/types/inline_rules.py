"""Rules that are written inside a security group: Pulumi's form, EC2's form, and the way between.

Pulumi's rule holds the ports, the protocol, a description and lists of sources; EC2 keeps the
description with each source. Rules are compared one source at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local.plugins.aws.scope import Scope
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

RULE_COMPARISON = Comparison(
    sets=frozenset(
        f"{way}{part}"
        for way in ("ingress", "egress")
        for part in ("", ".cidrBlocks", ".ipv6CidrBlocks", ".prefixListIds", ".securityGroups")
    )
)

# Pulumi's list, EC2's list, the member of EC2's list that names the source.
_SOURCES = (
    ("cidrBlocks", "IpRanges", "CidrIp"),
    ("ipv6CidrBlocks", "Ipv6Ranges", "CidrIpv6"),
    ("prefixListIds", "PrefixListIds", "PrefixListId"),
    ("securityGroups", "UserIdGroupPairs", "GroupId"),
)
_EVERYTHING = "-1"

Atom = tuple[Any, ...]  # protocol, from, to, description, EC2's list, source


def write_rules(scope: Scope, old: Properties, new: Properties) -> None:
    """Makes the group's rules those of the program.

    A direction that the program does not mention is left alone, but for the rule that EC2 puts
    into every new group.
    """
    group = scope.call("DescribeSecurityGroups", GroupIds=[scope.state["id"]])["SecurityGroups"][0]
    for way, member, verb in (
        ("ingress", "IpPermissions", "Ingress"),
        ("egress", "IpPermissionsEgress", "Egress"),
    ):
        is_new = not old
        if new.get(way) is None and not (is_new and way == "egress"):
            continue
        wanted = set(_atoms(new.get(way) or [], scope.state["id"]))
        present = set(_live_atoms(group.get(member, [])))
        _send(scope, f"RevokeSecurityGroup{verb}", present - wanted)
        _send(scope, f"AuthorizeSecurityGroup{verb}", wanted - present)


def write_all_rules(scope: Scope, old: Properties, new: Properties) -> None:
    """Like :func:`write_rules`, but a direction that the program does not mention has no rules."""
    write_rules(scope, old, {"ingress": [], "egress": []} | new)


def revoke_everything(scope: Scope) -> None:
    """Takes all rules from the group, so that no two groups hold each other."""
    write_all_rules(scope, {}, {})


def read_rules(scope: Scope, found: Mapping[str, Any], outputs: Properties) -> Properties:
    """The outputs ``ingress`` and ``egress`` of a live group."""
    return {
        "ingress": _rules(found.get("IpPermissions", []), found["GroupId"]),
        "egress": _rules(found.get("IpPermissionsEgress", []), found["GroupId"]),
    }


def _send(scope: Scope, operation: str, atoms: set[Atom]) -> None:
    if atoms:
        permissions = [_permission(atom) for atom in sorted(atoms)]
        scope.call(operation, GroupId=scope.state["id"], IpPermissions=permissions)


def _atoms(rules: list[Properties], group: str) -> Iterator[Atom]:
    for rule in rules:
        protocol = _protocol(rule["protocol"])
        ports = (-1, -1) if protocol == _EVERYTHING else (rule["fromPort"], rule["toPort"])
        head = (protocol, *ports, rule.get("description") or "")
        for name, kind, _ in _SOURCES:
            for source in rule.get(name) or []:
                yield (*head, kind, source)
        if rule.get("self"):
            yield (*head, "UserIdGroupPairs", group)


def _live_atoms(permissions: list[dict[str, Any]]) -> Iterator[Atom]:
    for permission in permissions:
        protocol = _protocol(permission["IpProtocol"])
        head = (protocol, permission.get("FromPort", -1), permission.get("ToPort", -1))
        if protocol == _EVERYTHING:
            head = (protocol, -1, -1)
        for _, kind, member in _SOURCES:
            for source in permission.get(kind, []):
                yield (*head, source.get("Description", ""), kind, source[member])


def _permission(atom: Atom) -> dict[str, Any]:
    protocol, first, last, description, kind, source = atom
    member = next(member for _, name, member in _SOURCES if name == kind)
    entry = {member: source} | ({"Description": description} if description else {})
    ports = {} if protocol == _EVERYTHING else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, **ports, kind: [entry]}


def _rules(permissions: list[dict[str, Any]], group: str) -> list[Properties]:
    rules: dict[tuple[Any, ...], Properties] = {}
    names = {kind: name for name, kind, _ in _SOURCES}
    for protocol, first, last, description, kind, source in sorted(_live_atoms(permissions)):
        ports = (0, 0) if protocol == _EVERYTHING else (first, last)
        rule = rules.setdefault(
            (protocol, *ports, description),
            {"protocol": protocol, "fromPort": ports[0], "toPort": ports[1]}
            | ({"description": description} if description else {}),
        )
        if kind == "UserIdGroupPairs" and source == group:
            rule["self"] = True
        else:
            rule.setdefault(names[kind], []).append(source)
    return list(rules.values())


def _protocol(name: str) -> str:
    return _EVERYTHING if name.lower() in ("-1", "all") else name.lower()
