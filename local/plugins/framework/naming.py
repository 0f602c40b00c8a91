"""Names for objects whose program gives none: the logical name and a random suffix."""

from __future__ import annotations

import secrets
import time
from itertools import count

_SUFFIX_BYTES = 4  # with the dash, 8 characters: room is kept for them in short names
_serial = count()


def automatic_name(logical: str, *, longest: int, lower: bool = False) -> str:
    """``logical-3f2a91c``, at most ``longest`` characters, in lower case where AWS wants it."""
    suffix = "-" + secrets.token_hex(_SUFFIX_BYTES)[:7]
    name = logical[: longest - len(suffix)] + suffix
    return name.lower() if lower else name


def prefixed_name(prefix: str) -> str:
    """``prefix`` and 26 digits that no other call gives: the time and a serial number."""
    now = time.time_ns() // 100_000_000  # tenths of a second
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(now // 10)) + f"{now % 10}000"
    return f"{prefix}{stamp}{(next(_serial) + secrets.randbits(28)) % 16**8:08x}"
