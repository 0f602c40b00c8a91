"""The instance classes of RDS for PostgreSQL."""

import re

from moto.rds.exceptions import RDSClientError

# Those that AWS has a price for, the previous generations included.
FAMILIES = frozenset(
    {
        *("c6gd", "m1", "m2", "m3", "m4", "m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m6idn"),
        *("m6in", "m7g", "m7i", "m8a", "m8g", "m8gd", "m8i", "m9g", "r3", "r4", "r5", "r5b"),
        *("r5d", "r6g", "r6gd", "r6i", "r6id", "r6idn", "r6in", "r7g", "r7i", "r8a", "r8g"),
        *("r8gd", "r8i", "t1", "t2", "t3", "t4g", "x1", "x1e", "x2g", "x2idn", "x2iedn", "x2m"),
        "z1d",
    }
)
CLASS = re.compile(r"db\.([a-z0-9]+)\.(micro|small|medium|large|\d*xlarge)")


def check_instance_class(name: str) -> None:
    """Raises RDSClientError unless it is ``db.FAMILY.SIZE`` with a family that RDS has.

    Not every family has every size, nor every region every family: that is not checked.
    """
    parts = CLASS.fullmatch(name)
    if parts is None or parts[1] not in FAMILIES:
        raise RDSClientError("InvalidParameterValue", f"Invalid DB Instance class: {name}")
