"""The server parameters of a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws

# PostgreSQL reads these only when it starts, so RDS refuses to apply them at once.
STATIC = frozenset({"shared_preload_libraries", "max_connections", "rds.logical_replication"})


def server_parameters(
    *, slow_statement_ms: int, extra: Mapping[str, str]
) -> list[aws.rds.ParameterGroupParameterArgs]:
    """What every database gets, and `extra`, which wins; sorted by name."""
    values = {
        # Connections without TLS are refused.
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements",
        "log_min_duration_statement": str(slow_statement_ms),
        # A statement that waits longer than deadlock_timeout for a lock is named in the log.
        "log_lock_waits": "1",
        **extra,
    }
    return [
        aws.rds.ParameterGroupParameterArgs(
            name=name,
            value=value,
            apply_method="pending-reboot" if name in STATIC else "immediate",
        )
        for name, value in sorted(values.items())
    ]
