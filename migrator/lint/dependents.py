"""What else a DROP .. CASCADE takes away: columns of a type, relations of a schema."""

import re
from collections.abc import Iterator

from migrator.lint.summary import actions as a
from migrator.snapshot import Catalog, Table


def schema_of(name: str) -> str:
    """The schema of a relation or type as the catalog names it."""
    return name.rpartition(".")[0] or "public"


def relations_in(schema: str, catalog: Catalog) -> list[str]:
    """The relations of a schema."""
    return [name for name in catalog.tables if schema_of(name) == schema]


def columns_dropped(action: a.Drop, catalog: Catalog) -> Iterator[tuple[Table, str]]:
    """(table, column) of each column whose type, or the type of its items, is dropped."""
    for table in catalog.tables.values():
        for column in table.columns.values():
            type_name = re.sub(r"(\(.*\))?(\[\])*$", "", column.type).replace('"', "")
            if action.kind == "schema":
                is_own = "." in type_name or type_name in (*catalog.domains, *catalog.enums)
                is_dropped = is_own and schema_of(type_name) in action.names
            else:
                is_dropped = type_name in action.names
            if is_dropped:
                yield table, column.name
