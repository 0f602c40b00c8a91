"""Which tables a statement's locks may reach: partitions, foreign keys, indexes, views.

`migrator.snapshot` reads much more, but with functions that lock each table for a moment; here
only PostgreSQL's catalog is read, so that nothing can wait.
"""

import psycopg
from psycopg.rows import TupleRow

from migrator.snapshot import Catalog, Constraint, Index, Table
from migrator.snapshot.catalog import TableKind

KINDS: dict[str, TableKind] = {
    "r": "table",
    "f": "table",
    "p": "partitioned",
    "v": "view",
    "m": "materialized view",
    "S": "sequence",
}


def _name(oid: str) -> str:
    """SQL for a relation's name as `Catalog` writes it: bare in public."""
    return (
        "(SELECT CASE n.nspname WHEN 'public' THEN c.relname "
        "ELSE n.nspname || '.' || c.relname END "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = " + oid + ")"
    )


_RELATIONS = f"""
SELECT {_name("t.oid")}, t.relkind, {_name("i.inhparent")}
FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace
LEFT JOIN pg_inherits i ON i.inhrelid = t.oid AND i.inhseqno = 1
WHERE t.relkind = ANY (%s) AND s.nspname NOT IN ('pg_catalog', 'information_schema')
  AND s.nspname !~ '^pg_(toast|temp)'
"""  # noqa: S608

_CONSTRAINTS = f"""
SELECT {_name("o.conrelid")}, o.conname, {_name("o.confrelid")}
FROM pg_constraint o WHERE o.contype = 'f'
"""  # noqa: S608

_INDEXES = f"""
SELECT {_name("x.indrelid")}, {_name("x.indexrelid")} FROM pg_index x
JOIN pg_class t ON t.oid = x.indrelid WHERE t.relkind = ANY (%s)
"""  # noqa: S608

_VIEWS = f"""
SELECT DISTINCT {_name("r.ev_class")}, {_name("d.refobjid")}
FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
"""  # noqa: S608


def read_lock_catalog(connection: psycopg.Connection[TupleRow]) -> Catalog:
    """The catalog as it is now, in the connection's transaction."""
    kinds = list(KINDS)
    catalog = Catalog(version=connection.info.server_version)
    with connection.cursor() as cursor:
        for name, kind, parent in cursor.execute(_RELATIONS.encode(), [kinds]):
            catalog.tables[name] = Table(name=name, kind=KINDS[kind], parent=parent, complete=False)
        for owner, name, target in cursor.execute(_CONSTRAINTS.encode()):
            if (table := catalog.table(owner)) is not None:
                table.constraints[name] = Constraint(
                    name=name, kind="foreign key", references=target
                )
        for owner, name in cursor.execute(_INDEXES.encode(), [kinds]):
            if (table := catalog.table(owner)) is not None:
                table.indexes[name] = Index(name=name)
        for view, relation in cursor.execute(_VIEWS.encode()):
            if (table := catalog.table(view)) is not None:
                table.reads.append((relation, ""))
    return catalog
