"""What RDS runs PostgreSQL on, and which versions: as far as names and dates tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from components.arguments import Fault

VERSION = re.compile(r"(?P<major>1[3-9])(\.\d{1,2})?")
CLASS = re.compile(r"db\.(?P<family>[a-z]+\d+[a-z0-9-]*)\.(micro|small|medium|large|\d*xlarge)")
# RDS has them for PostgreSQL 12 and older at most.
TOO_OLD = frozenset({"m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2"})
# What had ended when this was written; a version that is not here is left to RDS.
STANDARD_SUPPORT_ENDED = {"13": "2026-02-28"}


def version_faults(
    field: str, version: str, support: Literal["standard", "extended"]
) -> Iterator[Fault]:
    """A fault unless it is a version of PostgreSQL that RDS offers with this support."""
    parts = VERSION.fullmatch(version)
    if parts is None:
        yield Fault(field, version, "give a PostgreSQL version, such as '18' or '18.1'")
    elif support == "standard" and parts["major"] in STANDARD_SUPPORT_ENDED:
        yield Fault(
            field,
            version,
            f"it left RDS's standard support on {STANDARD_SUPPORT_ENDED[parts['major']]}; use a"
            " later one, or `support: extended`, which costs extra",
        )


def instance_class_faults(field: str, name: str) -> Iterator[Fault]:
    """A fault unless it has the form of a class that RDS runs PostgreSQL on."""
    parts, prefixed = CLASS.fullmatch(name), f"db.{name}"
    if parts is None:
        hint = (
            f"did you mean '{prefixed}'?" if CLASS.fullmatch(prefixed) else "such as 'db.m7g.large'"
        )
        yield Fault(field, name, f"give an instance class of RDS; {hint}")
    elif parts["family"] in TOO_OLD:
        yield Fault(
            field,
            name,
            f"RDS has {parts['family']} for PostgreSQL 12 and older only; name a newer one, such as"
            " 'db.t4g.medium' or 'db.m7g.large'",
        )
