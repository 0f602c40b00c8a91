"""The folder of psql and its kin."""

import warnings
from pathlib import Path

from migrator.scratch import find_binaries


def postgres_programs() -> Path:
    """Where psql, pg_dump and the others are that come with the local platform."""
    with warnings.catch_warnings():
        # The package looks for a per-user runtime folder as it is imported; none is needed here.
        warnings.simplefilter("ignore", UserWarning)
        return find_binaries()[0].directory
