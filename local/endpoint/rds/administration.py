"""What is set up inside an RDS server: its roles, its database, its master password."""

from typing import LiteralString

import psycopg
from psycopg import sql

from local.endpoint.rds.specification import InstanceSpec

# The bootstrap superuser, as on RDS. Only the endpoint's own process can log in as it.
ADMIN = "rdsadmin"
RDS_ROLES: tuple[LiteralString, ...] = ("rds_superuser", "rds_replication", "rds_password")
# What rds_superuser may do, as far as this PostgreSQL version has it.
SUPERUSER_MEMBERSHIPS = (
    *("pg_monitor", "pg_signal_backend", "pg_checkpoint", "pg_use_reserved_connections"),
    *("pg_create_subscription", "pg_signal_autovacuum_worker", "pg_maintain"),
    *("rds_replication", "rds_password"),
)


def set_up(connection: psycopg.Connection, spec: InstanceSpec) -> None:
    """Makes the roles and the database that are missing. The master is no superuser."""
    known = _names(connection, "SELECT rolname FROM pg_roles")
    for role in RDS_ROLES:
        if role not in known:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    known = _names(connection, "SELECT rolname FROM pg_roles")
    for role in SUPERUSER_MEMBERSHIPS:
        if role in known:
            connection.execute(
                sql.SQL("GRANT {} TO rds_superuser WITH ADMIN OPTION").format(sql.Identifier(role))
            )
    master = sql.Identifier(spec.username)
    if spec.username not in known:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(master))
    connection.execute(sql.SQL("GRANT rds_superuser TO {} WITH ADMIN OPTION").format(master))
    connection.execute(sql.SQL("ALTER DATABASE postgres OWNER TO {}").format(master))
    databases = _names(connection, "SELECT datname FROM pg_database")
    if spec.database and spec.database not in databases:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(spec.database), master)
        )


def set_password(connection: psycopg.Connection, spec: InstanceSpec) -> None:
    """Gives the master its password. Only its SCRAM verifier travels, no log can show it."""
    verifier = connection.pgconn.encrypt_password(
        spec.password.encode(), spec.username.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(spec.username), sql.Literal(verifier.decode())
        )
    )


def _names(connection: psycopg.Connection, query: LiteralString) -> set[str]:
    return {row[0] for row in connection.execute(query)}
