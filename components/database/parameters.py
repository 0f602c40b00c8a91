"""The server parameters of a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws

# The server reads these only when it starts, so RDS refuses to apply them at once.
STATIC = frozenset(
    {
        # PostgreSQL's own, in any of the versions 13 to 18.
        *("autovacuum_freeze_max_age", "autovacuum_max_workers"),
        *("autovacuum_multixact_freeze_max_age", "autovacuum_worker_slots", "cluster_name"),
        *("commit_timestamp_buffers", "data_sync_retry", "dynamic_shared_memory_type"),
        *("event_source", "hot_standby", "huge_page_size", "huge_pages", "io_max_combine_limit"),
        *("io_max_concurrency", "io_method", "jit_provider", "max_active_replication_origins"),
        *("max_connections", "max_files_per_process", "max_locks_per_transaction"),
        *("max_logical_replication_workers", "max_notify_queue_pages"),
        *("max_pred_locks_per_transaction", "max_prepared_transactions", "max_replication_slots"),
        *("max_wal_senders", "max_worker_processes", "min_dynamic_shared_memory"),
        *("multixact_member_buffers", "multixact_offset_buffers", "notify_buffers"),
        *("old_snapshot_threshold", "reserved_connections", "serializable_buffers"),
        *("shared_buffers", "shared_memory_type", "shared_preload_libraries"),
        *("subtransaction_buffers", "superuser_reserved_connections", "track_activity_query_size"),
        *("track_commit_timestamp", "transaction_buffers", "wal_buffers", "wal_decode_buffer_size"),
        *("wal_level", "wal_log_hints"),
        # Of libraries that RDS can preload.
        *("cron.database_name", "cron.log_run", "cron.log_statement", "cron.max_running_jobs"),
        *("cron.use_background_workers", "pg_stat_statements.max"),
        # Of RDS itself.
        *("rds.custom_dns_resolution", "rds.logical_replication"),
        *("rds.rds_superuser_reserved_connections", "rds.restrict_password_commands"),
    }
)


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
