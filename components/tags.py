"""Tags that every AWS service takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from components.fault import Fault

# On a node: `Name`, and what EKS puts there to find its cluster and group.
MOST_TAGS = 50 - 6
# IAM takes the fewest characters of all services; `\w` is near to its letters and digits.
SIGNS = r"[\w .:/=+@-]"
KEY = re.compile(SIGNS + "{1,128}")
VALUE = re.compile(SIGNS + "{0,256}")


def tag_faults(tags: Mapping[str, str]) -> Iterator[Fault]:
    """What AWS, or one of its services, would refuse on a resource; a fault's field is the key."""
    if len(tags) > MOST_TAGS:
        yield Fault(
            "",
            len(tags),
            f"AWS takes 50 tags on a resource, and the platform and EKS add some of their own: give"
            f" at most {MOST_TAGS}",
        )
    seen: dict[str, str] = {}
    for key, value in tags.items():
        plain = key.casefold()
        if plain.startswith("aws:"):
            yield Fault(key, key, "AWS keeps tags that begin with 'aws:' for itself")
        elif plain == "name":
            yield Fault(key, key, "the platform gives every resource its own 'Name'")
        elif plain in seen:
            yield Fault(
                key,
                key,
                f"it differs from {seen[plain]!r} in case only, which IAM takes for the same",
            )
        elif not KEY.fullmatch(key):
            yield Fault(key, key, "use 1 to 128 letters, digits, spaces and _ . : / = + - @")
        if not VALUE.fullmatch(value):
            yield Fault(key, value, "use at most 256 letters, digits, spaces and _ . : / = + - @")
        seen.setdefault(plain, key)
