"""Sees a revision that waits for itself: through a second connection, for what its first one holds.

The first one's transaction ends only when the revision does, so such a wait would never end, with
everybody behind it: PostgreSQL sees no deadlock, because the first session waits for nothing.
"""

from dataclasses import dataclass

import psutil
import psycopg
from psycopg.rows import TupleRow

from migrator.errors import MigratorError
from migrator.runner.watch import Watch

LOOK_SECONDS = 1.0

_WAITING = """
SELECT a.pid, a.query, host(a.client_addr), a.client_port FROM pg_stat_activity a
JOIN pg_stat_activity first ON first.pid = %(pid)s
WHERE a.datname = current_database() AND a.wait_event_type = 'Lock'
  AND first.state LIKE 'idle in transaction%%' AND %(pid)s = ANY (pg_blocking_pids(a.pid))
"""


class SecondConnectionError(MigratorError):
    """A revision's second connection waited for its first."""

    def __init__(self, query: str) -> None:
        super().__init__(
            f"the revision has opened a connection of its own, on which {' '.join(query.split())} "
            "waited for what its first connection holds until it ends: that would have taken for "
            "ever, and was ended. Use op.execute, and for what cannot run in a transaction `with "
            "op.get_context().autocommit_block():`"
        )


@dataclass(kw_only=True)
class SecondConnectionWatch(Watch):
    """Ends a wait of this process's other connections for `connection`, while in a `with` block.

    query: what was ended; empty if nothing.
    """

    query: str = ""

    @property
    def every(self) -> float:
        return LOOK_SECONDS

    def look(self, other: psycopg.Connection[TupleRow]) -> None:
        found = other.execute(_WAITING, {"pid": self.connection.info.backend_pid}).fetchall()
        ours = _local_ports() if found else set()
        for pid, query, address, port in found:
            if address is not None and port in ours:
                self.query = query
                other.execute("SELECT pg_cancel_backend(%s)", [pid])

    def failed(self, error: psycopg.Error) -> None:
        """Whatever is wrong, the revision will meet it."""


def _local_ports() -> set[int]:
    """The ports that this process and its children have connections from."""
    process = psutil.Process()
    ports: set[int] = set()
    for each in (process, *process.children(recursive=True)):
        try:
            ports |= {found.laddr.port for found in each.net_connections("tcp") if found.laddr}
        except psutil.Error:  # it has ended
            continue
    return ports
