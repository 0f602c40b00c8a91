"""PostgreSQL servers that the migrator starts itself, to trace and rehearse on.

Nothing here knows of revisions or lint rules: binaries and processes only.
"""

from migrator.scratch.binaries import PostgresBinaries, find_binaries, pick_binaries
from migrator.scratch.server import PostgresServer, ServerError
from migrator.scratch.temporary import ending_on_sigterm, temporary_server

__all__ = [
    "PostgresBinaries",
    "PostgresServer",
    "ServerError",
    "ending_on_sigterm",
    "find_binaries",
    "pick_binaries",
    "temporary_server",
]
