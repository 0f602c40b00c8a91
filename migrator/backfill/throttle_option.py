"""Throttles as they are written on the command line."""

from collections.abc import Callable

from migrator.backfill.throttle import (
    QuerySource,
    Source,
    Throttle,
    WalRate,
    active_sessions,
    replication_lag,
)

SOURCES: dict[str, Callable[[], Source]] = {
    "replication-lag": replication_lag,
    "active-sessions": active_sessions,
    "wal-rate": WalRate,
}


def parse_throttle(text: str) -> Throttle:
    """``NAME=WARN:CRITICAL``; raises ValueError that shows the form and the names."""
    name, _, bounds = text.partition("=")
    if name not in SOURCES:
        raise ValueError(
            f"--throttle {text!r}: write NAME=WARN:CRITICAL with NAME one of {', '.join(SOURCES)}"
        )
    warn, _, critical = bounds.partition(":")
    return Throttle(
        source=SOURCES[name](), warn=_number(text, warn), critical=_number(text, critical)
    )


def parse_query(text: str) -> Throttle:
    """``WARN:CRITICAL:SELECT …``; raises ValueError that shows the form."""
    warn, _, rest = text.partition(":")
    critical, _, query = rest.partition(":")
    if not query.strip():
        raise ValueError(f"--throttle-query {text!r}: write WARN:CRITICAL:SELECT …")
    return Throttle(
        source=QuerySource(query=query.strip()),
        warn=_number(text, warn),
        critical=_number(text, critical),
    )


def _number(text: str, part: str) -> float:
    try:
        return float(part)
    except ValueError:
        raise ValueError(f"throttle {text!r}: {part!r} is not a number") from None
