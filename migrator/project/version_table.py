"""Alembic's version table, as a session finds it: its name, its room, and who may write it."""

from typing import Any, Literal, get_args

from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import NoSuchTableError

from migrator.database import driver_connection
from migrator.postgres.writable import ReadOnlyError, require_writable

_ALLOWED = """
WITH place AS (
  SELECT CASE WHEN %(schema)s::text IS NULL THEN to_regclass(quote_ident(%(table)s))::oid
              ELSE (SELECT c.oid FROM pg_class c
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = %(schema)s AND c.relname = %(table)s) END AS table,
         coalesce(%(schema)s::text, current_schema()) AS schema)
SELECT current_user::text, place.schema, n.oid IS NOT NULL,
       coalesce(has_schema_privilege(n.oid, 'CREATE'), false), place.table IS NOT NULL,
       coalesce(has_any_column_privilege(place.table, 'INSERT'), false),
       coalesce(has_any_column_privilege(place.table, 'UPDATE'), false),
       coalesce(has_table_privilege(place.table, 'DELETE'), false)
FROM place LEFT JOIN pg_namespace n ON n.nspname = place.schema
"""
Write = Literal["CREATE", "INSERT", "UPDATE", "DELETE"]
WRITES: tuple[Write, ...] = get_args(Write)


def version_relation_of(context: MigrationContext) -> tuple[str | None, str]:
    """Schema and name, as env.py gives them or its session's search_path does."""
    schema = context.version_table_schema
    if schema is None and context.connection is not None:
        schema = _current_schema(context.connection)
    return schema, context.version_table


def version_table_of(context: MigrationContext) -> str:
    """For people, and for what the migrator notes: with its schema unless that is public."""
    schema, table = version_relation_of(context)
    return table if schema in (None, "public") else f"{schema}.{table}"


def longest_id(context: MigrationContext, connection: Connection) -> int | None:
    """How many characters of an id it takes; None for any number.

    As wide as the column is, or as Alembic is about to make it.
    """
    table = context._version
    inspector = inspect(connection)
    began = not connection.in_transaction()
    try:
        columns = inspector.get_columns(table.name, table.schema)
    except NoSuchTableError:
        columns = [{"name": column.name, "type": column.type} for column in table.columns]
    if began:
        connection.rollback()
    widths = [getattr(column["type"], "length", None) for column in columns]
    return next(iter(widths), None)


def refusals(context: MigrationContext, connection: Connection) -> dict[Write, str]:
    """What this session may not do to the table, and for each why, with the way out."""
    driver = driver_connection(connection)
    table, schema = context._version.name, context._version.schema
    with driver.transaction():
        try:
            require_writable(driver)
        except ReadOnlyError as error:
            return dict.fromkeys(WRITES, str(error))
        row: Any = driver.execute(_ALLOWED, {"schema": schema, "table": table}).fetchone()
    role, found, has_schema, may_create, has_table, *may = row
    user = sql.Identifier(role)
    name = sql.Identifier(*([schema] if schema else []), table)
    if not has_table:
        made = _unmakeable(found, user, has_schema=has_schema, may_create=may_create)
        start = f"the version table {table} is not there yet, and "
        return {} if made is None else {"CREATE": start + made.as_string(driver)}
    grant = sql.SQL(
        "the role {} may not {} {}, where Alembic notes what is applied. Nothing was run. Have its "
        "owner run: GRANT {} ON {} TO {}"
    )
    return {
        write: grant.format(user, sql.SQL(write), name, sql.SQL(write), name, user).as_string(
            driver
        )
        for write, is_allowed in zip(WRITES[1:], may, strict=True)
        if not is_allowed
    }


def _unmakeable(
    schema: str | None, user: sql.Identifier, *, has_schema: bool, may_create: bool
) -> sql.Composed | None:
    """Why the table cannot be made; None if it can."""
    if schema is None:
        return sql.SQL(
            "no schema is there in the search_path of the role {}. Nothing was run. Set one, or "
            "give version_table_schema to context.configure()"
        ).format(user)
    name = sql.Identifier(schema)
    if not has_schema:
        return sql.SQL(
            "nor is its schema {}. Nothing was run. Create the schema, or let env.py do so"
        ).format(name)
    if not may_create:
        return sql.SQL(
            "the role {} may make nothing in the schema {}. Nothing was run. Have the schema's "
            "owner run: GRANT CREATE ON SCHEMA {} TO {}"
        ).format(user, name, name, user)
    return None


def _current_schema(connection: Connection) -> str | None:
    began = not connection.in_transaction()
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
    if began:
        connection.rollback()
    return schema
