"""Which tables a statement's locks may reach: partitions, foreign keys, indexes, views.

`reader` tells all of this and much more, but with functions, such as pg_get_constraintdef, that
lock each table for a moment. A deployment asks this of a database at work, so only PostgreSQL's
own tables are read, and nothing can wait.
"""

# ruff: noqa: S608 - the parts are constants of this package

import psycopg
from psycopg.rows import TupleRow

from migrator.snapshot.catalog import Catalog, Constraint, Index, Table, TableKind
from migrator.snapshot.names import NAME, OURS, name_of
from migrator.snapshot.reader import RELATION_KINDS, read_search_path

# A foreign table can be locked, too.
KINDS: dict[str, TableKind] = {**RELATION_KINDS, "f": "table"}

_RELATIONS = f"""
SELECT {NAME}, n.nspname, c.relkind, {name_of("i.inhparent")}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhseqno = 1
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {OURS}
"""
_FOREIGN_KEYS = f"""
SELECT {name_of("o.conrelid")}, o.conname, {name_of("o.confrelid")}
FROM pg_constraint o WHERE o.contype = 'f'
"""
_INDEXES = f"SELECT {name_of('x.indrelid')}, {name_of('x.indexrelid')} FROM pg_index x"
_VIEWS = f"""
SELECT DISTINCT {name_of("r.ev_class")}, {name_of("d.refobjid")}
FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
"""


def read_lock_reach(connection: psycopg.Connection[TupleRow]) -> Catalog:
    """The catalog as it is now, in the connection's transaction."""
    catalog = Catalog(version=connection.info.server_version)
    with connection.cursor() as cursor:
        catalog.search_path = read_search_path(cursor)
        for name, schema, kind, parent in cursor.execute(_RELATIONS):
            catalog.tables[name] = Table(
                name=name, kind=KINDS[kind], schema=schema, parent=parent, complete=False
            )
        for owner, name, target in cursor.execute(_FOREIGN_KEYS):
            if (table := catalog.table(owner)) is not None:
                table.constraints[name] = Constraint(
                    name=name, kind="foreign key", references=target
                )
        for owner, name in cursor.execute(_INDEXES):
            if (table := catalog.table(owner)) is not None:
                table.indexes[name] = Index(name=name)
        for view, relation in cursor.execute(_VIEWS):
            if (table := catalog.table(view)) is not None:
                table.reads.append((relation, ""))
    return catalog
