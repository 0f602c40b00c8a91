"""The schema of the migrator's own tables, and what a role has to be granted there."""

from typing import Any

import psycopg
from psycopg import sql

from migrator.errors import UsageError

SCHEMA = "migrator"
TABLE_PRIVILEGES = "SELECT, INSERT, UPDATE, DELETE"

# Asked of pg_class: to_regclass is an error where the role may not use the schema.
_ALLOWED = """
SELECT current_user, current_database(),
       has_database_privilege(current_database(), 'CREATE'),
       n.oid IS NOT NULL,
       coalesce(has_schema_privilege(n.oid, 'USAGE'), false),
       coalesce(has_schema_privilege(n.oid, 'CREATE'), false),
       c.oid IS NOT NULL,
       coalesce((SELECT bool_and(has_table_privilege(c.oid, p))
                 FROM unnest(string_to_array(%(privileges)s, ', ')) AS p), false)
FROM (SELECT to_regnamespace(%(schema)s)::oid AS oid) AS n
LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = %(table)s
"""


class MissingPrivilegeError(UsageError):
    """The role lacks a privilege for a table of the migrator's own; the message has the GRANT."""


def require_privileges(connection: "psycopg.Connection[Any]", table: str, purpose: str) -> None:
    """Raises MissingPrivilegeError unless the role can make the table, or use it if it is there.

    table: without the schema. purpose: what is kept in it.
    """
    parameters = {"privileges": TABLE_PRIVILEGES, "schema": SCHEMA, "table": table}
    row = connection.execute(_ALLOWED, parameters).fetchone()
    if row is None:
        return
    role, database, may_create, has_schema, usage, create, has_table, may_use = row
    user, schema = sql.Identifier(role), sql.Identifier(SCHEMA)
    if not has_schema:
        missing = None if may_create else ("CREATE SCHEMA {} AUTHORIZATION {}", schema, user)
    elif not usage or not (create or has_table):
        missing = ("GRANT USAGE, CREATE ON SCHEMA {} TO {}", schema, user)
    elif has_table and not may_use:
        grant = f"GRANT {TABLE_PRIVILEGES} ON {{}} TO {{}}"
        missing = (grant, sql.Identifier(SCHEMA, table), user)
    else:
        missing = None
    if missing is not None:
        template, *names = missing
        statement = sql.SQL(template).format(*names).as_string(connection)
        raise MissingPrivilegeError(
            f"the role {role} may not use {SCHEMA}.{table} in the database {database}, where "
            f"{purpose}. Nothing was changed. Have the database's owner run: {statement}"
        )


def create_schema(connection: "psycopg.Connection[Any]") -> None:
    """Makes the schema. Where it is there already, to say IF NOT EXISTS would need a privilege."""
    row = connection.execute("SELECT to_regnamespace(%s) IS NULL", [SCHEMA]).fetchone()
    if row is not None and row[0]:
        statement = sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA))
        connection.execute(statement)
