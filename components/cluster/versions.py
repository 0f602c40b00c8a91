"""The Kubernetes versions of EKS, and until when it supports them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from components.arguments import Fault

VERSION = re.compile(r"1\.(?P<minor>\d{2})")
CURRENT = "1.36"
# What had ended when this was written; a version that is not here is left to EKS.
GONE = {"1.30": "2026-07-23", "1.31": "2026-11-26"}
STANDARD_SUPPORT_ENDED = {"1.32": "2026-03-23", "1.33": "2026-07-29"}
# Older ones were gone before there were days to remember.
OLDEST_NAMED = 30


def version_faults(
    field: str, version: str, support: Literal["standard", "extended"]
) -> Iterator[Fault]:
    """A fault unless EKS offers the version with this support."""
    parts = VERSION.fullmatch(version)
    if parts is None:
        yield Fault(field, version, f"give a minor version, such as '{CURRENT}'")
    elif int(parts["minor"]) < OLDEST_NAMED or version in GONE:
        since = f" since {GONE[version]}" if version in GONE else ""
        yield Fault(field, version, f"EKS offers it no more{since}; use '{CURRENT}'")
    elif support == "standard" and version in STANDARD_SUPPORT_ENDED:
        yield Fault(
            field,
            version,
            f"it left EKS's standard support on {STANDARD_SUPPORT_ENDED[version]}; use"
            f" '{CURRENT}', or `support: extended`, which costs extra",
        )
