"""Server versions as the linter counts them."""

# The oldest version that PostgreSQL still supports, whose behaviour is the least forgiving.
LOWEST_SUPPORTED = 15
OLDEST_KNOWN = 12


def version_number(version: int) -> int:
    """A server_version_num: 15 becomes 150000, 150004 stays.

    Raises ValueError for a version older than the linter knows.
    """
    number = version * 10_000 if version < 1000 else version
    if number < OLDEST_KNOWN * 10_000:
        raise ValueError(f"PostgreSQL version {version} is not known here: {OLDEST_KNOWN} or newer")
    return number


def parse_version(text: str) -> int:
    """``15``, ``15.4`` or ``150004`` as a server_version_num. Raises ValueError."""
    major, dot, minor = text.partition(".")
    if not major.isdecimal() or (dot and not minor.isdecimal()):
        raise ValueError(f"{text!r} is not a PostgreSQL version such as 15 or 15.4")
    return version_number(int(major)) + (int(minor) if dot else 0)
