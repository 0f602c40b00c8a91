"""What AWS STS takes of a session: how long it lasts, how it is called, and what narrows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from components.arguments import Fault

# As the AWS provider reads it: Go's durations, in one unit or several.
DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:h|m|s))+")
PART = re.compile(r"(\d+(?:\.\d+)?)([hms])")
SECONDS = {"h": 3600, "m": 60, "s": 1}
SHORTEST, LONGEST = 15 * 60, 12 * 3600
# A role that another role assumes.
LONGEST_CHAINED = 3600
NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
MANAGED_POLICY = re.compile(r"arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy/\S+")
MOST_POLICIES, MOST_TAGS, MOST_POLICY_CHARACTERS = 10, 50, 2048
TAG_KEY = re.compile(r"(?!aws:)[\w .:/=+@-]{1,128}", re.IGNORECASE)
TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")


class Session(Protocol):
    """What is said of a session. `duration`: as the provider takes it; None, an hour."""

    @property
    def duration(self) -> str | None: ...
    @property
    def session_name(self) -> str | None: ...
    @property
    def policy(self) -> str | None: ...
    @property
    def policy_arns(self) -> Sequence[str]: ...


def session_faults(
    path: str, session: Session, *, chained: bool, external_id: str | None = None
) -> Iterator[Fault]:
    """What STS would refuse. `chained`: the role is assumed by another one's session."""
    if session.duration is not None:
        yield from _duration_faults(f"{path}.duration", session.duration, chained=chained)
    if session.session_name is not None and not NAME.fullmatch(session.session_name):
        expected = "give 2 to 64 letters, digits and + = , . @ - _"
        yield Fault(f"{path}.sessionName", session.session_name, expected)
    if external_id is not None and not EXTERNAL_ID.fullmatch(external_id):
        expected = "give 2 to 1224 letters, digits and + = , . @ : / - _"
        yield Fault(f"{path}.externalId", external_id, expected)
    if session.policy is not None and not _is_policy(session.policy):
        yield Fault(f"{path}.policy", session.policy, "give a policy's document as JSON text")
    if session.policy is not None and len(session.policy) > MOST_POLICY_CHARACTERS:
        expected = f"STS takes at most {MOST_POLICY_CHARACTERS:,} characters"
        yield Fault(f"{path}.policy", len(session.policy), expected)
    if len(session.policy_arns) > MOST_POLICIES:
        expected = f"STS takes at most {MOST_POLICIES}"
        yield Fault(f"{path}.policyArns", len(session.policy_arns), expected)
    for position, arn in enumerate(session.policy_arns):
        if not MANAGED_POLICY.fullmatch(arn):
            yield Fault(f"{path}.policyArns[{position}]", arn, "give the ARN of a managed policy")


def tag_faults(
    path: str,
    tags: Mapping[str, str],
    transitive: Sequence[str],
    source_identity: str | None,
) -> Iterator[Fault]:
    """What STS would refuse of what a session carries on to the services and the next role."""
    if len(tags) > MOST_TAGS:
        yield Fault(f"{path}.tags", len(tags), f"STS takes at most {MOST_TAGS}")
    for key, value in tags.items():
        if not TAG_KEY.fullmatch(key):
            expected = "use 1 to 128 letters, digits, spaces and _ . : / = + - @, not 'aws:' first"
            yield Fault(f"{path}.tags.{key}", key, expected)
        if not TAG_VALUE.fullmatch(value):
            expected = "use at most 256 letters, digits, spaces and _ . : / = + - @"
            yield Fault(f"{path}.tags.{key}", value, expected)
    for position, key in enumerate(transitive):
        if key not in tags:
            yield Fault(f"{path}.transitiveTagKeys[{position}]", key, "name one of `tags`")
    if source_identity is not None and not NAME.fullmatch(source_identity):
        expected = "give 2 to 64 letters, digits and + = , . @ - _"
        yield Fault(f"{path}.sourceIdentity", source_identity, expected)


def _duration_faults(path: str, duration: str, *, chained: bool) -> Iterator[Fault]:
    if not DURATION.fullmatch(duration):
        yield Fault(path, duration, "give a duration such as '1h' or '30m'")
        return
    seconds = sum(float(count) * SECONDS[unit] for count, unit in PART.findall(duration))
    if not SHORTEST <= seconds <= LONGEST:
        yield Fault(path, duration, "STS takes 15m to 12h, and no more than the role allows")
    elif chained and seconds > LONGEST_CHAINED:
        yield Fault(path, duration, "a role that another role assumes lasts at most 1h")


def _is_policy(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except json.JSONDecodeError:
        return False
