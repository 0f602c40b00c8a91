"""What a backfill must not push too far: each source measures one number of the server."""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg

from migrator.backfill.errors import BackfillError
from migrator.fragment import fragment

# At most this share of the time is spent waiting; beyond the next sample decides.
MOST = 0.98


class Source(Protocol):
    """Measures one number over a connection; unit is how a person reads it."""

    label: str
    unit: str

    def measure(self, connection: "psycopg.Connection[Any]") -> float: ...


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """Slows a run in proportion as a number rises from warn to critical, where it stops.

    Raises ValueError unless 0 <= warn < critical.
    """

    source: Source
    warn: float
    critical: float

    def __post_init__(self) -> None:
        if not 0 <= self.warn < self.critical:
            raise ValueError(
                f"throttle {self.source.label}: warn ({self.warn:g}) must be below critical "
                f"({self.critical:g}) and not negative"
            )

    def level(self, value: float) -> float:
        """0 at warn or below, 1 at critical or above."""
        return min(1.0, max(0.0, (value - self.warn) / (self.critical - self.warn)))

    def describe(self, value: float) -> str:
        """The number as a person reads it, with its bounds."""
        return (
            f"{self.source.label} {value:,.4g}{self.source.unit} "
            f"(warn {self.warn:,.4g}, critical {self.critical:,.4g})"
        )


@dataclass(kw_only=True)
class QuerySource:
    """A query that returns one number. Raises BackfillError when it does not."""

    query: str
    label: str = "query"
    unit: str = ""

    def measure(self, connection: "psycopg.Connection[Any]") -> float:
        row = connection.execute(fragment(self.query)).fetchone()
        try:
            return float(row[0]) if row and row[0] is not None else 0.0
        except (TypeError, ValueError):
            raise BackfillError(
                f"throttle query {self.query!r} returned {row!r}, not a number"
            ) from None


def replication_lag() -> QuerySource:
    """Seconds that the slowest replica is behind; needs pg_monitor to see it."""
    return QuerySource(
        label="replication lag",
        unit=" s",
        query="SELECT max(extract(epoch FROM replay_lag)) FROM pg_stat_replication",
    )


def active_sessions() -> QuerySource:
    """Sessions of other programs that are running a statement now."""
    return QuerySource(
        label="active sessions",
        query=(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
            " AND backend_type = 'client backend'"
            " AND application_name NOT LIKE 'backfill %' AND pid <> pg_backend_pid()"
        ),
    )


@dataclass(kw_only=True)
class WalRate:
    """Bytes of WAL a second, between one measurement and the next."""

    label: str = "WAL rate"
    unit: str = " B/s"
    _last: tuple[float, float] | None = field(default=None, repr=False)

    def measure(self, connection: "psycopg.Connection[Any]") -> float:
        row = connection.execute(
            "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8"
        ).fetchone()
        now, written = time.monotonic(), float(row[0]) if row else 0.0
        before, self._last = self._last, (now, written)
        if before is None or now <= before[0]:
            return 0.0
        return (written - before[1]) / (now - before[0])


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The strictest throttle at one moment.

    level: 0 free, 1 stop. text: the number that decides, with its bounds.
    """

    level: float = 0.0
    text: str = ""

    def pause_after(self, busy_seconds: float) -> float:
        """How long to wait after working that long."""
        share = min(self.level, MOST)
        return busy_seconds * share / (1 - share)


def sample_throttles(
    connection: "psycopg.Connection[Any]", throttles: tuple[Throttle, ...]
) -> Sample:
    """Measures every throttle and returns the strictest."""
    strictest = Sample()
    for throttle in throttles:
        value = throttle.source.measure(connection)
        level = throttle.level(value)
        if level > strictest.level:
            strictest = Sample(level=level, text=throttle.describe(value))
    return strictest
