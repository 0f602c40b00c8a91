"""What the settings are made of: strict models, networks, durations, and the rules' stand-ins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Annotated

from pulumi import Input
from pydantic import BaseModel, ConfigDict, PlainValidator, WithJsonSchema

from components.arguments import ArgumentError, Fault
from components.component import AwsAccount

DURATION = re.compile(r"^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What nearly every component is given: the account, common tags, the key for logs."""

    account: AwsAccount
    tags: Mapping[str, str]
    log_key_arn: Input[str]


class StrictModel(BaseModel):
    """Base of all settings: no unknown keys, no conversion between types, no changes.

    A subclass has methods that turn it into components' arguments. Those hold the rules.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Subject(StrictModel):
    """Base of the settings at one key of a stack file."""

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        """What the components' arguments refuse, by path below this subject."""
        raise NotImplementedError


def attempt(build: Callable[[], object], prefix: str = "") -> Iterator[Fault]:
    """The faults of the arguments that `build` makes, each field below `prefix`."""
    try:
        build()
    except ArgumentError as error:
        for fault in error.faults:
            path = f"{prefix}.{fault.field}" if prefix else fault.field
            yield Fault(path, fault.value, fault.expected)


def parse_network(value: object) -> IPv4Network:
    """An IPv4 network from text such as `10.0.0.0/16`; ValueError says what is wrong with it."""
    if not isinstance(value, str):
        raise ValueError("give a network as text, such as '10.0.0.0/16'")
    try:
        return IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"give an IPv4 network such as '10.0.0.0/16' ({error})") from None


def parse_duration(value: object) -> timedelta:
    """A duration from text such as `1h`, `1m30s`, `5s`; ValueError if it is none, or zero."""
    match = DURATION.match(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise ValueError("give a duration such as '1h', '1m30s' or '5s'")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    duration = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not duration:
        raise ValueError("give a duration longer than zero")
    return duration


Network = Annotated[
    IPv4Network,
    PlainValidator(parse_network),
    WithJsonSchema({"type": "string", "format": "ipv4network"}),
]
Duration = Annotated[
    timedelta,
    PlainValidator(parse_duration),
    WithJsonSchema({"type": "string", "format": "duration"}),
]
