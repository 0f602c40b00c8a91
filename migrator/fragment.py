"""SQL text that a project's author wrote, as a part of a composed statement."""

from typing import LiteralString, cast

from psycopg import sql


def fragment(text: str) -> sql.SQL:
    """An expression or type name taken as it stands.

    Only for text from migration files and from the catalog, never for values. Such text may
    contain %, so statements made of it are executed without parameters.
    """
    return sql.SQL(cast("LiteralString", text))
