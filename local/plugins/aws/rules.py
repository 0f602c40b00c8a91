"""Faults that AWS refuses and its service models do not state: syntax of values, conflicts."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from local.partitions import regions
from local.plugins.aws.entry import Rule
from local.plugins.framework.failure import Failure
from local.plugins.framework.plugin import Properties
from local.plugins.framework.schema import Property
from local.plugins.framework.values import Path, Unknown


def check_syntax(
    value: Any, kind: Property, documents: frozenset[str], path: Path = ()
) -> Iterator[Failure]:
    """CIDR blocks, ARNs and policy documents, recognised by the names of their properties."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            field = kind.fields.get(name) if kind.kind == "object" else kind.items
            if field is not None:
                yield from check_syntax(item, field, documents, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if kind.items is not None:
                yield from check_syntax(item, kind.items, documents, (*path, index))
    elif isinstance(value, str) and value:
        names = [step for step in path if isinstance(step, str)]
        yield from _check_text(value, names, documents, path)


def _check_text(
    text: str, names: list[str], documents: frozenset[str], path: Path
) -> Iterator[Failure]:
    name = names[-1].lower()
    if "cidr" in name and "group" not in name:
        yield from _check_cidr(text, 6 if "ipv6" in name else 4, path)
    elif name.endswith(("arn", "arns")) and not text.startswith("arn:"):
        yield Failure(path=path, reason="must be an ARN (arn:…)", value=text)
    elif ".".join(names) in documents and names[0].lower().endswith("policy"):
        yield from _check_policy(text, path)


def _check_cidr(text: str, version: int, path: Path) -> Iterator[Failure]:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as fault:
        yield Failure(path=path, reason=f"must be a CIDR block ({fault})", value=text)
        return
    if network.version != version:
        yield Failure(path=path, reason=f"must be an IPv{version} CIDR block", value=text)


def _check_policy(text: str, path: Path) -> Iterator[Failure]:
    try:
        document = json.loads(text)
    except ValueError as fault:
        yield Failure(path=path, reason=f"must be JSON ({fault})", value=text)
        return
    if not isinstance(document, dict) or "Statement" not in document:
        yield Failure(path=path, reason="must be a policy with a Statement", value=text)
        return
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            yield Failure(
                path=path, reason="every statement needs Effect Allow or Deny", value=statement
            )


def check_region(properties: Properties) -> Iterator[Failure]:
    """``region`` is one that AWS has."""
    region = properties.get("region")
    if isinstance(region, str) and region not in regions():
        near = get_close_matches(region, regions(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield Failure(path=("region",), reason=f"must be a region of AWS{hint}", value=region)


def exactly_one(*names: str) -> Rule:
    """Exactly one of the properties has to be given."""

    def rule(properties: Properties) -> Iterator[Failure]:
        given = [name for name in names if properties.get(name) not in (None, "")]
        if len(given) != 1:
            found = f"got {', '.join(given)}" if given else "got none"
            reason = f"exactly one of {', '.join(names)} has to be given, {found}"
            yield Failure(path=(given[-1] if given else names[0],), reason=reason)

    return rule


def not_both(first: str, second: str) -> Rule:
    """At most one of two properties may be given."""

    def rule(properties: Properties) -> Iterator[Failure]:
        given = [name for name in (first, second) if properties.get(name) not in (None, "")]
        if len(given) == 2 and first not in properties.get("__defaults", []):
            yield Failure(path=(second,), reason=f"conflicts with {first}")

    return rule


def one_of(name: str, *allowed: int) -> Rule:
    """The property, where given, has one of the values."""

    def rule(properties: Properties) -> Iterator[Failure]:
        value = properties.get(name)
        if value is not None and not isinstance(value, Unknown) and value not in allowed:
            listed = ", ".join(str(item) for item in allowed)
            yield Failure(path=(name,), reason=f"must be one of {listed}", value=value)

    return rule


def between(name: str, least: int, most: int) -> Rule:
    """The property, where given, lies in the range."""

    def rule(properties: Properties) -> Iterator[Failure]:
        value = properties.get(name)
        if isinstance(value, int) and not least <= value <= most:
            yield Failure(path=(name,), reason=f"must be {least} to {most}", value=value)

    return rule


def starts_with(name: str, start: str) -> Rule:
    """The property, where given, begins with the text."""

    def rule(properties: Properties) -> Iterator[Failure]:
        value = properties.get(name)
        if isinstance(value, str) and not value.startswith(start):
            yield Failure(path=(name,), reason=f"must start with {start}", value=value)

    return rule


def lower_case(name: str) -> Rule:
    """AWS would fold the property to lower case, and every later run would see a difference."""

    def rule(properties: Properties) -> Iterator[Failure]:
        value = properties.get(name)
        if isinstance(value, str) and value != value.lower():
            yield Failure(path=(name,), reason="must be in lower case", value=value)

    return rule


def netmask_between(name: str, shortest: int, longest: int) -> Rule:
    """The prefix length of a CIDR block lies in AWS's range."""

    def rule(properties: Properties) -> Iterator[Failure]:
        value = properties.get(name)
        if isinstance(value, Unknown) or value is None:
            return
        length = value.rpartition("/")[2] if ":" not in value else ""
        if length.isdigit() and not shortest <= int(length) <= longest:
            reason = f"the netmask must be /{shortest} to /{longest}"
            yield Failure(path=(name,), reason=reason, value=value)

    return rule
